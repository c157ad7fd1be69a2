// SPDX-License-Identifier: Apache-2.0
import type { Command } from '#renderer/timeline/input.ts';

/** What the timeline can be told, for the help and for the palette: one list, so that neither forgets what the other has. */

interface TimelineCommand {
  readonly command: Command;
  readonly keys: string;
  readonly title: string;
}

interface TimelineKeys {
  readonly keys: string;
  readonly meaning: string;
  /** What of it makes sense without the pointer on the timeline. */
  readonly commands: readonly TimelineCommand[];
}

const row = (keys: string, meaning: string, ...commands: readonly TimelineCommand[]): TimelineKeys => ({
  keys,
  meaning,
  commands,
});
const of = (command: Command, keys: string, title: string): TimelineCommand => ({ command, keys, title });

const timelineRows: readonly TimelineKeys[] = [
  row('W, S', 'Zoom in and out', of('zoom-in', 'W', 'Zoom in'), of('zoom-out', 'S', 'Zoom out')),
  row('A, D', 'Pan left and right', of('pan-left', 'A', 'Pan left'), of('pan-right', 'D', 'Pan right')),
  row(
    '← →',
    'Previous and next slice of the track',
    of('previous', '←', 'Previous slice of the track'),
    of('next', '→', 'Next slice of the track'),
  ),
  row('↑ ↓', 'Lane or track above and below'),
  row(
    ', .',
    'Previous and next slice of the same name',
    of('previous-of-name', ',', 'Previous slice of the same name'),
    of('next-of-name', '.', 'Next slice of the same name'),
  ),
  row(
    'I, Shift+I',
    'Next and previous moment of the tracks in sight',
    of('next-instant', 'I', 'Next moment of the tracks in sight'),
    of('previous-instant', 'Shift+I', 'Previous moment of the tracks in sight'),
  ),
  row(
    '[ ]',
    'Previous and next iteration',
    of('previous-iteration', '[', 'Previous iteration'),
    of('next-iteration', ']', 'Next iteration'),
  ),
  row('F', 'Fit the selection, or everything', of('fit', 'F', 'Fit the selection, or everything')),
  row('Home', 'Show everything', of('all', 'Home', 'Show everything')),
  row(
    'Alt+← →',
    'Back and forward through views',
    of('back', 'Alt+←', 'Back to the view before'),
    of('forward', 'Alt+→', 'Forward to the next view'),
  ),
  row(
    'M',
    'Mark a moment; two marks show their distance; Shift+M clears',
    of('mark', 'M', 'Mark a moment'),
    of('clear-marks', 'Shift+M', 'Clear the marks'),
  ),
  row('B', 'Bookmark the range, or the moment', of('bookmark', 'B', 'Bookmark the range, or the moment')),
  row(
    'X',
    'Range between the marks, or of the selected slice',
    of('range', 'X', 'Range between the marks, or of the selected slice'),
  ),
  row('/, Mod+F', 'Search slices by name or kind', of('search', '/', 'Search slices by name or kind')),
  row('Enter, Shift+Enter', 'In the search: next and previous hit'),
  row('T', 'Filter the tracks', of('filter', 'T', 'Filter the tracks')),
  row('Shift+↑ ↓', 'Choose a row'),
  row(
    'Enter, P, H',
    'Open or close, pin, hide the row',
    of('toggle', 'Enter', 'Open or close the row'),
    of('pin', 'P', 'Pin the row'),
    of('hide', 'H', 'Hide the row'),
  ),
  row('Alt+↑ ↓', 'Move the row within its group'),
  row('Shift+H', 'Show all hidden rows', of('show-all', 'Shift+H', 'Show all hidden rows')),
  row('R', 'Height of the rows', of('height', 'R', 'Height of the rows')),
  row('Shift+drag', 'Select a range of time'),
  row('Mod+wheel', 'Zoom at the pointer'),
  row('Escape', 'Clear the selection', of('clear', 'Escape', 'Clear the selection')),
];

export const timelineCommands = timelineRows.flatMap(({ commands }) => commands);

/** As the help lists them. */
export const timelineKeys = timelineRows.map(({ keys, meaning }) => [keys, meaning] as const);
