// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from 'react';

/**
 * Commands of what is on screen. A view offers them while it is shown; the palette collects them at the moment it
 * opens, so nothing is rendered again when they change.
 */

export interface OfferedCommand {
  /** Unique among all commands, and the same whenever it is offered: what was used lately is kept by it. */
  readonly id: string;
  /** What the command belongs to, for example `Timeline`. */
  readonly group: string;
  readonly title: string;
  /** As the help names them; `Mod` stands for Ctrl, or Cmd on a Mac. */
  readonly keys?: string;
  readonly perform: () => void;
}

type Offer = () => readonly OfferedCommand[];

const offers = new Set<Offer>();

/** Offers commands until the returned function is called. */
export function offerCommands(offer: Offer): () => void {
  offers.add(offer);
  return () => {
    offers.delete(offer);
  };
}

/** What is offered now, each id once. What was offered last comes first: a screen that was just opened. */
export function offeredCommands(): readonly OfferedCommand[] {
  const byId = new Map<string, OfferedCommand>();
  for (const command of [...offers].reverse().flatMap((offer) => offer())) {
    if (!byId.has(command.id)) byId.set(command.id, command);
  }
  return [...byId.values()];
}

/** Offers commands while the component is mounted. What is offered is asked for only when the palette opens. */
export function useOffer(offer: Offer): void {
  const latest = useRef(offer);
  useEffect(() => {
    latest.current = offer;
  });
  useEffect(() => offerCommands(() => latest.current()), []);
}
