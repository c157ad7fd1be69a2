// SPDX-License-Identifier: Apache-2.0
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { connectEngine } from '#renderer/data/engine.ts';
import '#renderer/base/fonts.css';
import '#renderer/base/tokens.css';
import '#renderer/base/base.css';
import { App } from './App.tsx';
import { start } from './start.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element #root.');

connectEngine();
start();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
