// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { axisUnit, escapeHtml, largest, tooltipHtml } from '#shared/charts/common.ts';
import { compositionOption } from '#renderer/charts/composition-option.ts';
import { expertBarsOption } from '#renderer/charts/expert-options.ts';
import { heatmapOption, relativeLoads } from '#renderer/charts/heatmap-option.ts';
import { linesOption } from '#renderer/charts/lines-option.ts';
import { heatEnds, heatScale, rankHeatOption } from '#renderer/charts/rank-heat-option.ts';
import { iterationTimesOption, lineKind } from '#renderer/charts/iteration-times-option.ts';
import type { ChartTheme } from '#shared/charts/theme.ts';

/** Colours that are their own names. */
const theme: ChartTheme = {
  text: 'text',
  muted: 'muted',
  faint: 'faint',
  border: 'border',
  borderStrong: 'borderStrong',
  surface: 'surface',
  raised: 'raised',
  accent: 'accent',
  accentSoft: 'accentSoft',
  compute: 'compute',
  communication: 'communication',
  memory: 'memory',
  idle: 'idle',
  context: 'context',
  generation: 'generation',
  good: 'good',
  bad: 'bad',
  font: 'font',
  series: ['rank0', 'rank1'],
};

interface Series {
  readonly name?: string;
  readonly stack?: string;
  readonly itemStyle?: { readonly color: string };
  readonly data: readonly unknown[];
}

const seriesOf = (option: object): readonly Series[] => (option as { series: readonly Series[] }).series;

function tooltipOf(option: object, item: unknown): string {
  const { tooltip } = option as { tooltip: { formatter: (of: unknown) => string } };
  return tooltip.formatter(item);
}

describe('what charts share', () => {
  test('a time axis reads in the unit of its largest value', () => {
    expect(axisUnit(3_500_000).name).toBe('ms');
    expect(axisUnit(999).name).toBe('ns');
    expect(axisUnit(0).name).toBe('ns');
    expect(largest([])).toBe(0);
  });

  test('names from a trace cannot become markup', () => {
    expect(escapeHtml('<img src="x">&')).toBe('&lt;img src=&quot;x&quot;&gt;&amp;');
    expect(tooltipHtml('<b>', [['<i>', '1']])).not.toMatch(/<b>|<i>/);
  });
});

describe('the composition of iterations', () => {
  const parts = (computeNs: number) => ({ computeNs, communicationNs: 1e6, memoryNs: 0, idleNs: 1e6 });
  const data = {
    spans: [
      { first: 20, last: 20 },
      { first: 21, last: 21 },
    ],
    perBar: 1,
    ranks: [
      { label: 'Rank 0', parts: [parts(2e6), parts(4e6)], longestNs: [null, null] },
      { label: 'Rank 1', parts: [parts(3e6), null], longestNs: [null, null] },
    ],
    overlays: [{ name: 'GC', ns: [0, 5e5] }],
    selected: 1,
    inWindow: null,
  };
  const option = compositionOption(data, theme);

  test('is four parts for each rank, stacked by rank, in the unit of the axis', () => {
    const bars = seriesOf(option).filter(({ stack }) => stack !== undefined);
    expect(bars.map(({ stack, name }) => `${stack ?? ''} ${name ?? ''}`)).toEqual(
      ['Rank 0', 'Rank 1'].flatMap((rank) =>
        ['compute', 'communication', 'memory', 'idle'].map((part) => `${rank} ${part}`),
      ),
    );
    expect(bars[0]?.data).toEqual([2, 4]);
    expect(bars[4]?.data).toEqual([3, null]);
  });

  test('marks the selected iteration and tells each rank’s parts with their share', () => {
    expect(seriesOf(option).at(-1)?.data).toEqual([null, 1]);
    const text = tooltipOf(option, [{ dataIndex: 0 }]);
    expect(text).toContain('Iteration 20');
    expect(text).toContain('2.000 ms · 50.0 %');
    expect(text).toContain('Rank 1');
    expect(tooltipOf(option, [{ dataIndex: 1 }])).not.toContain('Rank 1');
  });
});

describe('the composition of many iterations', () => {
  const parts = { computeNs: 2e6, communicationNs: 0, memoryNs: 0, idleNs: 1e6 };
  const option = compositionOption(
    {
      spans: [
        { first: 1, last: 3 },
        { first: 4, last: 5 },
      ],
      perBar: 3,
      ranks: [{ label: 'Rank 0', parts: [parts, parts], longestNs: [9e6, 4e6] }],
      overlays: [{ name: 'GC', ns: [0, 5e5] }],
      selected: null,
      inWindow: [false, true],
    },
    theme,
  );

  test('marks the longest behind each bar, what the host did, and the chosen window', () => {
    const data = (name: string) => seriesOf(option).find((series) => series.name === name)?.data;
    expect(data('longest')).toEqual([9, 4]);
    expect(data('GC')).toEqual([null, 0.5]);
    expect(data('selected')).toEqual([null, 1]);
    const text = tooltipOf(option, [{ dataIndex: 0 }]);
    expect(text).toContain('Iteration 1–3');
    expect(text).toContain('9.000 ms');
  });
});

describe('iteration times', () => {
  const lines = [
    { iteration: 5, hostStepMs: 12, contextRequests: 2, contextTokens: 900 },
    { iteration: 6, hostStepMs: 4, contextRequests: 0, generationTokens: 32 },
    { iteration: 7, hostStepMs: 5 },
  ];

  test('tell context and generation apart, each line in one series', () => {
    expect(lines.map(lineKind)).toEqual(['context', 'generation', 'generation']);
    const [context, generation] = seriesOf(iterationTimesOption(lines, theme));
    expect(context?.data).toEqual([12, null, null]);
    expect(generation?.data).toEqual([null, 4, 5]);
  });

  test('say on hover only what the line said', () => {
    const text = tooltipOf(iterationTimesOption(lines, theme), [{ dataIndex: 1 }]);
    expect(text).toContain('Iteration 6 · generation');
    expect(text).toContain('4.000 ms');
    expect(text).not.toContain('device');
  });
});

describe('expert load', () => {
  const bars = [
    { expert: 1, tokens: 30, rank: 1 },
    { expert: 0, tokens: 10, rank: 0 },
  ];

  test('bars keep their order, have their rank’s colour, and a line at the mean', () => {
    const option = expertBarsOption({ bars, total: 40 }, theme);
    const [series] = seriesOf(option);
    expect(series?.data).toEqual([
      { value: 30, itemStyle: { color: 'rank1' } },
      { value: 10, itemStyle: { color: 'rank0' } },
    ]);
    expect(series).toHaveProperty('markLine.data', [{ yAxis: 20 }]);
    expect(tooltipOf(option, [{ dataIndex: 0 }])).toContain('75.0 %');
  });

  test('an expert with replicas has the colours of all of its ranks, one above the other', () => {
    const shared = [{ expert: 0, tokens: 30, rank: 1, replicas: [1, 0] }, ...bars.slice(1)];
    const option = expertBarsOption({ bars: shared, total: 40 }, theme);
    expect(seriesOf(option).map(({ stack, data }) => [stack, data[0]])).toEqual([
      ['replicas', { value: 15, itemStyle: { color: 'rank1' } }],
      ['replicas', { value: 15, itemStyle: { color: 'rank0' } }],
    ]);
    expect(seriesOf(option)[1]?.data[1]).toBeNull();
    expect(tooltipOf(option, [{ dataIndex: 0 }])).toContain('1, 0');
  });

  test('no tokens, no mean and no share', () => {
    const option = expertBarsOption({ bars: [{ expert: 0, tokens: 0, rank: 0 }], total: 0 }, theme);
    expect(seriesOf(option)[0]).not.toHaveProperty('markLine');
    expect(tooltipOf(option, [{ dataIndex: 0 }])).not.toContain('NaN');
  });

  test('the heat map is relative to each layer’s mean; a layer without tokens has no answer', () => {
    const data = {
      rows: [3, 4],
      rowName: 'layer' as const,
      columns: 2,
      columnName: 'expert' as const,
      values: Float64Array.from([30, 10, 0, 0]),
      selected: 0,
      scale: 'mean' as const,
    };
    expect(relativeLoads(data)).toEqual([1.5, 0.5, null, null]);
    const at = (x: number, y: number) => heatmapOption(data, theme, { cell: { x, y } }, 1);
    expect(tooltipOf(at(0, 1), {})).toContain('cannot answer');
    expect(tooltipOf(at(1, 0), {})).toContain('Layer 3 · expert 1');
    expect(tooltipOf(at(1, 0), {})).toContain('0.500');
    const absolute = heatmapOption({ ...data, scale: 'absolute' }, theme, { cell: null }, 1);
    expect(absolute).toMatchObject({ visualMap: { max: 30 } });
    expect(tooltipOf(absolute, {})).toBe('');
  });

  test('a heat map is one picture, however many cells it has', () => {
    const map = (rows: number, columns: number) =>
      heatmapOption(
        {
          rows: Array.from({ length: rows }, (_, row) => row),
          rowName: 'layer',
          columns,
          columnName: 'rank',
          values: new Float64Array(rows * columns).fill(1),
          measure: { name: 'expert computing', text: (ns) => `${ns} ns` },
          selected: null,
          scale: 'absolute',
        },
        theme,
        { cell: { x: 1, y: 0 } },
        1,
      );
    const [small] = seriesOf(map(4, 8));
    const [large] = seriesOf(map(60, 512));
    expect([small?.data.length, large?.data.length]).toEqual([1, 1]);
    expect(tooltipOf(map(4, 8), {})).toContain('1 ns');
  });

  test('lines, points and bars keep their gaps, and say on hover what cannot be answered', () => {
    const data = {
      xs: [5, 6],
      xName: 'iteration',
      yName: 'imbalance',
      series: [
        { name: 'context', as: 'points' as const, values: [0.5, null] },
        { name: 'mean', as: 'line' as const, values: [1, 2] },
        { name: 'with', as: 'bars' as const, values: [1, 2] },
      ],
    };
    const option = linesOption(data, theme);
    expect(seriesOf(option)).toMatchObject([
      { type: 'scatter', data: [0.5, null] },
      { type: 'line', data: [1, 2] },
      { type: 'bar' },
    ]);
    const text = tooltipOf(option, [{ dataIndex: 1 }]);
    expect(text).toContain('iteration 6');
    expect(text).toContain('cannot answer');
  });

  test('ranks by iteration leave out what was not recorded, and name the iteration of a cell', () => {
    const cells = [
      { iteration: 3, ns: 1_000_000 },
      null,
      { iteration: 4, ns: 2_000_000 },
      { iteration: 7, ns: 500 },
    ];
    const data = { ranks: ['Rank 0', 'Rank 1'], columns: ['3-4', '7'], measure: 'host window', cells };
    const option = rankHeatOption(data, theme);
    expect(seriesOf(option)[0]?.data).toEqual([
      [0, 0, 1_000_000],
      [0, 1, 2_000_000],
      [1, 1, 500],
    ]);
    const tip = tooltipOf(option, { value: [0, 1, 2_000_000] });
    expect(tip).toContain('Rank 1 · iteration 4');
    expect(tip).toContain('longest of');
    expect(tooltipOf(option, { value: [1, 1, 500] })).not.toContain('longest of');
    expect(heatEnds(data)).toEqual(['500 ns', '2.000 ms']);
  });

  test('few long ones end the scale of ranks by iteration, which says so', () => {
    const values = Array.from({ length: 100 }, (_, at) => (at < 4 ? 90 : 10 + (at % 5)));
    expect(heatScale(values)).toEqual({ least: 10, most: 14, exceeded: true });
    expect(heatScale([])).toEqual({ least: 0, most: 0, exceeded: false });
  });
});
