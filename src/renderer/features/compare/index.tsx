// SPDX-License-Identifier: Apache-2.0
import './compare.css';

export { readComparisons } from './actions.ts';
export { CompareMenu } from './view/CompareMenu.tsx';
export { ComparisonList } from './view/ComparisonList.tsx';
export { ComparisonView } from './view/ComparisonView.tsx';
export { SideBySideView } from './view/SideBySideView.tsx';
export { SetupView } from './view/SetupView.tsx';
