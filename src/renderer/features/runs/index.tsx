// SPDX-License-Identifier: Apache-2.0
export { RunList } from './RunList.tsx';
