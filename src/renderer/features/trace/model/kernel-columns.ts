// SPDX-License-Identifier: Apache-2.0
import { definitions } from './definitions.ts';
import type { DifferenceRow, KernelRow, OperatorRow } from './kernels.ts';
import { durationColumn, numberColumn, textColumn, type TableColumn } from './table-column.ts';

/** What the tables of kernels, operators and their differences show. */

const shown = { usual: true } as const;
const percent = { format: 'percent', usual: true } as const;

interface Named {
  readonly name: string;
  readonly kind: string;
}

const named = <Row extends Named>(): readonly TableColumn<Row>[] => [
  textColumn<Row>('name', 'Name', definitions.sliceName, ({ name }) => name, shown),
  textColumn<Row>('kind', 'Kind', definitions.sliceKind, ({ kind }) => kind, shown),
];

export const kernelColumns: readonly TableColumn<KernelRow>[] = [
  ...named<KernelRow>(),
  durationColumn('total', 'Total', definitions.kernelTotal, ({ totalNs }) => totalNs, shown),
  numberColumn('share', 'Share', definitions.kernelShare, ({ share }) => share, percent),
  numberColumn('count', 'Count', definitions.sliceCount, ({ count }) => count, shown),
  durationColumn('mean', 'Mean', definitions.sliceMean, ({ meanNs }) => meanNs),
  durationColumn('min', 'Min', definitions.sliceMin, ({ minNs }) => minNs, shown),
  durationColumn('median', 'Median', definitions.sliceMedian, ({ medianNs }) => medianNs, shown),
  durationColumn('p95', 'p95', definitions.sliceP95, (row) => row.p95Ns, shown),
  durationColumn('max', 'Max', definitions.sliceMax, ({ maxNs }) => maxNs, shown),
  numberColumn('present', 'Iterations', definitions.present, ({ present }) => present, shown),
  numberColumn('cv', 'Varies', definitions.variation, ({ cv }) => cv, percent),
  numberColumn('most', 'Most in', definitions.mostIteration, (row) => row.mostIteration, shown),
  durationColumn('mostTime', 'There', definitions.mostTime, ({ mostNs }) => mostNs),
];

export const operatorColumns: readonly TableColumn<OperatorRow>[] = [
  ...named<OperatorRow>(),
  durationColumn('work', 'GPU work', definitions.work, ({ workNs }) => workNs, shown),
  durationColumn('ownWork', 'Own work', definitions.ownWork, ({ ownWorkNs }) => ownWorkNs, shown),
  numberColumn('works', 'Launched', definitions.workCount, ({ workCount }) => workCount, shown),
  durationColumn('host', 'Host', definitions.operatorHost, ({ hostNs }) => hostNs, shown),
  numberColumn('count', 'Count', definitions.sliceCount, ({ count }) => count, shown),
  durationColumn('median', 'Median', definitions.sliceMedian, ({ medianNs }) => medianNs, shown),
  durationColumn('p95', 'p95', definitions.sliceP95, (row) => row.p95Ns, shown),
  durationColumn('max', 'Max', definitions.sliceMax, ({ maxNs }) => maxNs, shown),
];

export const differenceColumns: readonly TableColumn<DifferenceRow>[] = [
  ...named<DifferenceRow>(),
  durationColumn('change', 'Change', definitions.change, ({ changeNs }) => changeNs, shown),
  durationColumn('before', 'Before', definitions.before, ({ beforeNs }) => beforeNs, shown),
  durationColumn('after', 'After', definitions.after, ({ afterNs }) => afterNs, shown),
  numberColumn('countBefore', 'Count before', definitions.sliceCount, (row) => row.beforeCount, shown),
  numberColumn('countAfter', 'Count after', definitions.sliceCount, (row) => row.afterCount, shown),
];
