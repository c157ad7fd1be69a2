// SPDX-License-Identifier: Apache-2.0
import './icon.css';

/** Our own line icons on a 16 px grid; colour and size come from the text around them. */
const shapes = {
  plus: 'M8 3v10M3 8h10',
  play: 'M5 3.5v9l7.5-4.5z',
  stop: 'M4 4h8v8H4z',
  open: 'M2 12.5v-9h4l1.5 2H13v2M2 12.5l2-5h10.5l-2 5z',
  folder: 'M2 3.5h4l1.5 2H14v7H2z',
  library: 'M2.5 3v10M5.5 3v10M8.5 3v10M11 3.2l3 9.6',
  edit: 'M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3zM9 4.7L11.3 7',
  trash: 'M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5',
  columns: 'M2 3h12v10H2zM6 3v10M10 3v10',
  disk: 'M2 9h12v4H2zM2 9l2-6h8l2 6M11 11h1',
  export: 'M8 10V2M5 5l3-3 3 3M2.5 9.5v4h11v-4',
  import: 'M8 2v8M5 7l3 3 3-3M2.5 9.5v4h11v-4',
  compare: 'M2 3h5v10H2zM9 3h5v10H9z',
  close: 'M4 4l8 8M12 4l-8 8',
  link: 'M6.5 9.5l3-3M5.5 7L3.8 8.7a2.6 2.6 0 0 0 3.6 3.6L9 10.5M10.5 9l1.7-1.7a2.6 2.6 0 0 0-3.6-3.6L7 5.5',
  copy: 'M6 6h7v7H6zM10 3.5V3H3v7h.5',
  check: 'M3 8.5l3.5 3.5L13 4.5',
  again: 'M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3',
  sun: 'M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z',
  screen: 'M2 3h12v8H2zM5.5 13.5h5M8 11v2.5',
  info: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2M8 7v4M8 5v.2',
  help: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2M6.3 6.4a1.8 1.8 0 1 1 2.6 1.7c-.6.3-.9.6-.9 1.2M8 11.2v.2',
  warning: 'M8 2.5l6 11H2zM8 6.5v3.5M8 11.7v.2',
  error: 'M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5zM8 5v4M8 11v.2',
  chevron: 'M6 4l4 4-4 4',
  left: 'M10 4L6 8l4 4',
  up: 'M4 10l4-4 4 4',
  down: 'M4 6l4 4 4-4',
  file: 'M4 2h5l3 3v9H4zM9 2v3h3',
  gear: 'M8 5.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5M8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M12.6 3.4l-1.4 1.4M4.8 11.2l-1.4 1.4',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9M10.2 10.2L14 14',
  trace: 'M2 4h6M5 8h8M3 12h5M10.5 12H14',
  drop: 'M8 2v8M4.5 7L8 10.5 11.5 7M2.5 13.5h11',
} as const;

export type IconName = keyof typeof shapes;

const filled: ReadonlySet<IconName> = new Set<IconName>(['play', 'stop']);

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className={filled.has(name) ? 'icon icon--filled' : 'icon'} viewBox="0 0 16 16" aria-hidden="true">
      <path d={shapes[name]} />
    </svg>
  );
}
