// SPDX-License-Identifier: Apache-2.0
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Terminal } from '@xterm/xterm';
import { readTerminalTheme } from './theme.ts';

/**
 * A terminal that only shows: program output with its colours and rewritten lines, and nothing else of
 * what a program might ask of a terminal. It owns its element's content until it is disposed.
 */

/** Rows that are kept: twice a page of lines, with room for those that are wider than the screen. */
const SCROLLBACK_ROWS = 40_000;
const FONT_SIZE_PX = 12;
/** Contrast of WCAG AA: a program chooses its colours for a background that it does not know. */
const CONTRAST = 4.5;

/** Stands before every line of the error output. */
export const ERROR_MARK = '▎';
const MARK = `\u001b[33m${ERROR_MARK}\u001b[39m`;

export interface ScreenLine {
  readonly text: string;
  readonly isError: boolean;
}

export interface ScreenListeners {
  /** The view reached its first or last row, or left them. */
  readonly onScroll: (at: { readonly top: boolean; readonly bottom: boolean }) => void;
  /** The user goes up from where the view is: told at once, before anything else can move it. */
  readonly onGoUp: () => void;
}

export class TerminalScreen {
  readonly #element: HTMLElement;
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon();
  readonly #resize: ResizeObserver;
  readonly #theme: MutationObserver;
  readonly #listeners: ScreenListeners;
  /** Rows that the unfinished lines take below the finished ones. */
  #tailRows = 0;
  #colours: { readonly match: string; readonly activeMatch: string };

  constructor(element: HTMLElement, listeners: ScreenListeners) {
    this.#element = element;
    this.#listeners = listeners;
    const { theme, fontFamily, match, activeMatch } = readTerminalTheme(element);
    this.#colours = { match, activeMatch };
    this.#terminal = new Terminal({
      allowProposedApi: true,
      convertEol: true,
      cursorInactiveStyle: 'none',
      disableStdin: true,
      fontFamily,
      fontSize: FONT_SIZE_PX,
      lineHeight: 1.3,
      // A link in a log is text: nothing opens from here.
      linkHandler: { activate: () => undefined, allowNonHttpProtocols: false },
      minimumContrastRatio: CONTRAST,
      scrollback: SCROLLBACK_ROWS,
      theme,
    });
    refuseRequests(this.#terminal);
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.loadAddon(this.#search);
    this.#terminal.open(element);
    this.#terminal.write('\u001b[?25l');
    this.#terminal.attachCustomKeyEventHandler(() => false);
    this.#terminal.onScroll(() => this.#tellScroll());
    this.#terminal.element?.addEventListener('wheel', ({ deltaY }) => {
      if (deltaY < 0) this.#tellGoUp();
      requestAnimationFrame(() => this.#tellScroll());
    });
    this.#resize = new ResizeObserver(() => {
      if (element.clientWidth > 0) this.#fit.fit();
    });
    this.#resize.observe(element);
    this.#theme = new MutationObserver(() => this.#applyTheme());
    this.#theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  }

  /** Shows these lines and nothing else; resolves when they are there. */
  replace(lines: readonly ScreenLine[], tails: readonly ScreenLine[]): Promise<void> {
    this.#terminal.reset();
    this.#terminal.write('\u001b[?25l');
    this.#tailRows = 0;
    return this.append(lines, tails);
  }

  /** Adds finished lines; unfinished ones stand below them and give way to the next call. */
  append(lines: readonly ScreenLine[], tails: readonly ScreenLine[]): Promise<void> {
    const parts: string[] = [];
    for (let row = 0; row < this.#tailRows; row += 1) parts.push('\u001b[A\r\u001b[2K');
    for (const line of lines) parts.push(lineText(line), '\u001b[0m\n');
    // Unfinished lines take one row each, however long, so that they can be taken back.
    for (const tail of tails) parts.push('\u001b[?7l', lineText(tail), '\u001b[0m\u001b[?7h\n');
    this.#tailRows = tails.length;
    return new Promise((resolve) => {
      this.#terminal.write(parts.join(''), resolve);
    });
  }

  get isAtBottom(): boolean {
    const { viewportY, baseY } = this.#terminal.buffer.active;
    return viewportY >= baseY;
  }

  scrollToBottom(): void {
    this.#terminal.scrollToBottom();
  }

  scrollRows(rows: number): void {
    if (rows < 0) this.#tellGoUp();
    this.#terminal.scrollLines(rows);
  }

  scrollPages(pages: number): void {
    if (pages < 0) this.#tellGoUp();
    this.#terminal.scrollPages(pages);
  }

  /** Puts a line, counted from the first one shown, at the top of the view, or where it can be read at once. */
  showLine(line: number, place: 'top' | 'middle'): void {
    const row = this.#rowOfLine(line);
    this.#terminal.scrollToLine(
      place === 'top' ? row : Math.max(0, row - Math.floor(this.#terminal.rows / 2)),
    );
  }

  /** The first line in view, counted from the first one shown. */
  get topLine(): number {
    const buffer = this.#terminal.buffer.active;
    let line = -1;
    for (let row = 0; row <= buffer.viewportY; row += 1) {
      if (buffer.getLine(row)?.isWrapped === false) line += 1;
    }
    return Math.max(0, line);
  }

  /** Selects the text in a line and marks it wherever else it is in view. */
  mark(line: number, text: string, matchCase: boolean): void {
    this.#terminal.select(0, this.#rowOfLine(line), 1);
    const { match, activeMatch } = this.#colours;
    this.#search.findNext(text, {
      caseSensitive: matchCase,
      incremental: true,
      decorations: {
        matchBackground: match,
        matchOverviewRuler: match,
        activeMatchBackground: activeMatch,
        activeMatchColorOverviewRuler: activeMatch,
      },
    });
  }

  clearMarks(): void {
    this.#search.clearDecorations();
    this.#terminal.clearSelection();
  }

  /** The selected text as the program wrote it. */
  get selection(): string {
    return this.#terminal.getSelection().replaceAll(ERROR_MARK, '');
  }

  selectAll(): void {
    this.#terminal.selectAll();
  }

  dispose(): void {
    this.#resize.disconnect();
    this.#theme.disconnect();
    this.#terminal.dispose();
  }

  #rowOfLine(line: number): number {
    const buffer = this.#terminal.buffer.active;
    let seen = -1;
    for (let row = 0; row < buffer.length; row += 1) {
      if (buffer.getLine(row)?.isWrapped === false) seen += 1;
      if (seen === line) return row;
    }
    return Math.max(0, buffer.length - 1);
  }

  #applyTheme(): void {
    const { theme, fontFamily, match, activeMatch } = readTerminalTheme(this.#element);
    this.#colours = { match, activeMatch };
    this.#terminal.options.theme = theme;
    this.#terminal.options.fontFamily = fontFamily;
  }

  /** Where all rows are in view, there is no way up. */
  #tellGoUp(): void {
    if (this.#terminal.buffer.active.baseY > 0) this.#listeners.onGoUp();
  }

  #tellScroll(): void {
    this.#listeners.onScroll({
      top: this.#terminal.buffer.active.viewportY === 0,
      bottom: this.isAtBottom,
    });
  }
}

/** A rewrite of an error line keeps its mark; a line's own end of line was cut with it. */
function lineText({ text, isError }: ScreenLine): string {
  const line = text.endsWith('\r') ? text.slice(0, -1) : text;
  return isError ? `${MARK}${line.replaceAll('\r', `\r${MARK}`)}` : line;
}

/**
 * What programs may ask of a terminal besides showing text is answered by nothing: titles, links, clipboard,
 * colours of the theme, other screens, mouse reports; and no program may empty its own log.
 */
function refuseRequests({ parser }: Terminal): void {
  const refuse = (): boolean => true;
  for (const command of [0, 1, 2, 4, 7, 8, 9, 10, 11, 12, 52, 104, 110, 111, 112, 133, 777, 1337]) {
    parser.registerOscHandler(command, refuse);
  }
  parser.registerEscHandler({ final: 'c' }, refuse);
  // Erasing, scrolling and absolute positions: a cleared screen would be a lost page of the log.
  for (const final of ['J', 'H', 'f', 'd', 'L', 'M', 'S', 'T', '@']) {
    parser.registerCsiHandler({ final }, refuse);
  }
  parser.registerCsiHandler({ prefix: '?', final: 'J' }, refuse);
  const isRefusedMode = (modes: (number | number[])[]): boolean =>
    modes.some((mode) => mode !== WRAP_MODE && mode !== CURSOR_MODE);
  parser.registerCsiHandler({ prefix: '?', final: 'h' }, isRefusedMode);
  parser.registerCsiHandler({ prefix: '?', final: 'l' }, isRefusedMode);
  // Scroll regions, resets, window operations, device reports.
  for (const final of ['r', 't', 'n', 'c']) parser.registerCsiHandler({ final }, refuse);
  parser.registerCsiHandler({ intermediates: '!', final: 'p' }, refuse);
  parser.registerDcsHandler({ intermediates: '$', final: 'q' }, refuse);
}

const WRAP_MODE = 7;
const CURSOR_MODE = 25;
