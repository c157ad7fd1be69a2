// SPDX-License-Identifier: Apache-2.0

/** Texts cut to a width. Measuring is the dearest call of a frame, so widths are kept per text. */
export class TextFitter {
  readonly #context: CanvasRenderingContext2D;
  readonly #widths = new Map<string, number>();
  static readonly #MAX_KEPT = 20_000;

  constructor(context: CanvasRenderingContext2D) {
    this.#context = context;
  }

  /** Forgets the widths: the font changed. */
  clear(): void {
    this.#widths.clear();
  }

  /** The text, shortened with an ellipsis to at most `maxPx`; empty when not even three letters fit. */
  fit(text: string, maxPx: number): string {
    const width = this.#width(text);
    if (width <= maxPx) return text;
    const letters = Math.floor((text.length * (maxPx - this.#width('…'))) / width);
    return letters < 3 ? '' : `${text.slice(0, letters).trimEnd()}…`;
  }

  #width(text: string): number {
    const known = this.#widths.get(text);
    if (known !== undefined) return known;
    if (this.#widths.size >= TextFitter.#MAX_KEPT) this.#widths.clear();
    const { width } = this.#context.measureText(text);
    this.#widths.set(text, width);
    return width;
  }
}

/** The parts of a mangled C++ name that stand before its template arguments; empty when it is none. */
function mangledParts(name: string): string[] {
  const parts: string[] = [];
  let rest = /^_ZN?K?(.*)$/.exec(name)?.[1] ?? '';
  for (let match = /^(\d+)(.*)$/.exec(rest); match !== null; match = /^(\d+)(.*)$/.exec(rest)) {
    const [, length = '0', after = ''] = match;
    parts.push(after.slice(0, Number(length)));
    rest = after.slice(Number(length));
  }
  return parts;
}

/**
 * A slice's name as it is drawn: return types, namespaces and template arguments of a C++ kernel say
 * little in 100 pixels, its own name does. The whole name stands in the details.
 */
export function shortName(name: string): string {
  const mangled = mangledParts(name);
  if (mangled.length > 0) return mangled.slice(-2).join('::');
  // The brackets of a namespace without a name are no arguments; demanglers spell it in these three ways.
  const named = name.replace(/(?:\(anonymous namespace\)|<unnamed>|\{anonymous\})::/g, '');
  const open = named.search(/[<(]/);
  // Operators (`aten::linear`) and ranges with brackets in plain words stay whole.
  if (open <= 0 || !name.includes('::')) return name;
  const own = /[^\s:]+$/.exec(named.slice(0, open).trim())?.[0];
  return own ?? name;
}
