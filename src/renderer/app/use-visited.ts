// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';

/** Every value so far: a tab's content is made when it is first shown, and kept. */
export function useVisited<T>(value: T): ReadonlySet<T> {
  const [visited, setVisited] = useState<ReadonlySet<T>>(() => new Set([value]));
  if (visited.has(value)) return visited;
  const more = new Set([...visited, value]);
  setVisited(more);
  return more;
}
