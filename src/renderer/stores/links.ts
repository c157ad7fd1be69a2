// SPDX-License-Identifier: Apache-2.0
import { create } from 'zustand';
import type { SourceSet } from '#shared/contract/app.ts';
import type { ViewLink } from '#renderer/base/view-link.ts';

/** Where a link leads: kept until the view that it is about has its traces and takes it. */
interface LinksState {
  readonly pending: ViewLink | null;
}

export const useLinks = create<LinksState>(() => ({ pending: null }));

export function followLink(pending: ViewLink): void {
  useLinks.setState({ pending });
}

/** The link was followed. */
export function linkTaken(): void {
  useLinks.setState({ pending: null });
}

const tracePaths = ({ sources }: SourceSet): readonly string[] =>
  sources
    .filter(({ kind }) => kind === 'trace')
    .map(({ path }) => path)
    .sort();

/** Whether a link is about a set: its run, or exactly its traces. */
export function isAbout({ of }: ViewLink, set: SourceSet): boolean {
  if ('run' in of) return set.runId === of.run;
  const own = tracePaths(set);
  const files = [...of.files].sort();
  return (
    set.runId === undefined && own.length === files.length && own.every((path, at) => path === files[at])
  );
}

/** What a link to a set names; null for sets that no link leads to, such as the arms of a comparison. */
export function linkOwner(set: SourceSet): ViewLink['of'] | null {
  if (set.runId !== undefined) return { run: set.runId };
  if (set.sources.some(({ group, runId }) => group !== undefined || runId !== undefined)) return null;
  return { files: tracePaths(set) };
}
