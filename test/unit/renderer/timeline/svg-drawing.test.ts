// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { SvgDrawing } from '#renderer/timeline/svg-drawing.ts';

/** A letter is six wide. */
const helpers = { measure: (text: string) => text.length * 6, hrefOf: () => 'data:image/png;base64,AAAA' };
const begin = () => new SvgDrawing(200, 100, helpers);
const linesOf = (drawing: SvgDrawing): readonly string[] =>
  drawing.text('t').trimEnd().split('\n').slice(1, -1);

test('rectangles of one look become one path, and keep their order among others', () => {
  const drawing = begin();
  drawing.fillStyle = '#112233';
  drawing.fillRect(0, 0, 10, 4);
  drawing.fillRect(20, 0, 10.126, 4);
  drawing.globalAlpha = 0.5;
  drawing.fillRect(40, 0, 10, 4);
  drawing.fillText('GEMM', 1, 2);
  drawing.fillRect(60, 0, 10, 4);
  expect(linesOf(drawing)).toEqual([
    '<path d="M0 0h10v4h-10zM20 0h10.13v4h-10.13z" fill="#112233"/>',
    '<path d="M40 0h10v4h-10z" fill="#112233" fill-opacity="0.5"/>',
    expect.stringMatching(/^<text x="1" .*textLength="24".*>GEMM<\/text>$/),
    '<path d="M60 0h10v4h-10z" fill="#112233" fill-opacity="0.5"/>',
  ]);
});

test('a clip and a moved origin end with the state that they belong to', () => {
  const drawing = begin();
  drawing.save();
  drawing.translate(5, 7);
  drawing.beginPath();
  drawing.rect(0, 0, 50, 50);
  drawing.clip();
  drawing.beginPath();
  drawing.rect(10, 10, 5, 5);
  drawing.clip();
  drawing.fillRect(1, 1, 2, 2);
  drawing.restore();
  drawing.fillRect(1, 1, 2, 2);
  const lines = linesOf(drawing);
  expect(lines[0]).toBe(
    '<clipPath id="clip1"><path d="M5 7h50v50h-50z"/></clipPath><g clip-path="url(#clip1)">',
  );
  expect(lines[2]).toContain('M6 8h2');
  expect(lines[3]).toBe('</g></g>');
  expect(lines[4]).toContain('M1 1h2');
});

test('what a trace calls its slices is text, whatever it holds', () => {
  const drawing = begin();
  drawing.fillText('</text><script>alert("1")</script>&amp;\u0000\uD800 ∑', 0, 0);
  const text = drawing.text('<title>"');
  expect(text).not.toContain('<script');
  expect(text).toContain(
    '&lt;/text&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;amp;\uFFFD\uFFFD ∑</text>',
  );
  expect(text).toContain('<title>&lt;title&gt;&quot;</title>');
});

test('nothing is drawn for what cannot be seen', () => {
  const drawing = begin();
  drawing.fillStyle = 'transparent';
  drawing.fillRect(0, 0, 10, 10);
  drawing.fillStyle = '#ffffff';
  drawing.fillRect(0, 0, 0, 10);
  drawing.fillText('', 0, 0);
  expect(linesOf(drawing)).toEqual(['']);
});
