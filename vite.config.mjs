// SPDX-License-Identifier: Apache-2.0
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { inRoot } from './scripts/lib/paths.mjs';

export default defineConfig({
  root: inRoot('src/renderer'),
  // The window loads its page from the file system.
  base: './',
  plugins: [react()],
  build: {
    outDir: inRoot('dist/renderer'),
    emptyOutDir: true,
    target: 'chrome130',
    sourcemap: true,
    // The content security policy allows neither data: URLs nor inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One window that reads from the local disk: size matters little, a warning about it even less.
    chunkSizeWarningLimit: 4096,
  },
});
