// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { Icon } from '#renderer/widgets/Icon.tsx';
import { openDropped } from './commands.ts';

const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/** The whole window takes files; while some are over it, it says so. */
export function DropTarget() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    // Children send enter and leave of their own: only the balance tells whether the pointer is inside.
    let depth = 0;
    const listeners = {
      dragenter: (event: DragEvent): void => {
        if (!carriesFiles(event)) return;
        depth += 1;
        setOver(true);
      },
      dragleave: (event: DragEvent): void => {
        if (!carriesFiles(event)) return;
        depth = Math.max(0, depth - 1);
        if (depth === 0) setOver(false);
      },
      dragover: (event: DragEvent): void => {
        event.preventDefault();
      },
      drop: (event: DragEvent): void => {
        event.preventDefault();
        depth = 0;
        setOver(false);
        if (carriesFiles(event)) void openDropped([...(event.dataTransfer?.files ?? [])]);
      },
    };
    const attach = new AbortController();
    for (const [name, listener] of Object.entries(listeners)) {
      window.addEventListener(name, listener as EventListener, { signal: attach.signal });
    }
    return () => {
      attach.abort();
    };
  }, []);
  if (!over) return null;
  return (
    <div className="drop-target" role="status">
      <div className="drop-target__text">
        <Icon name="drop" />
        Drop traces (.json, .json.gz, .sqlite, .nsys-rep) or expert-statistics folders to open them together
      </div>
    </div>
  );
}
