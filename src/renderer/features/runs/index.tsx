// SPDX-License-Identifier: Apache-2.0
export { LibraryView } from './view/LibraryView.tsx';
export { RunDialogs } from './view/RunDialogs.tsx';
export { RunList } from './view/RunList.tsx';
export { RunMenu } from './view/RunMenu.tsx';
