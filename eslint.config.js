// SPDX-License-Identifier: Apache-2.0
import js from '@eslint/js';
import globals from 'globals';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';
import { spdxHeader } from './scripts/lib/spdx-header.mjs';

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: a name that the importer chooses cannot be searched for.',
};

const onlyTerminalWrites = {
  selector: "MemberExpression[property.name='write'][object.property.name=/^std(out|err)$/]",
  message: 'Write through terminal.ts: names from files could hold what a terminal obeys.',
};

export default tseslint.config(
  {
    ignores: ['dist/', 'out/', 'target/', '.cache/', 'test/fixtures/', 'test-results/'].concat([
      'src/native/**/*',
      '!src/native/binding/',
      '!src/native/binding/index.d.ts',
    ]),
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    plugins: { iterscope: { rules: { 'spdx-header': spdxHeader } } },
    rules: {
      'iterscope/spdx-header': 'error',
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', noDefaultExport],
      'max-lines': ['error', { max: 400, skipBlankLines: false }],
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      // Environment variables and other open records are read by key.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      'no-unused-vars': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    rules: {
      'no-console': 'error',
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['src/main/cli/**'],
    ignores: ['src/main/cli/terminal.ts'],
    rules: { 'no-restricted-syntax': ['error', noDefaultExport, onlyTerminalWrites] },
  },
  { files: ['src/renderer/**'], extends: [reactHooks.configs.flat.recommended] },
  {
    files: ['scripts/**', 'test/**/*.mjs', '*.{js,mjs,cjs}', '.*.cjs'],
    languageOptions: { globals: globals.node },
  },
  // Generated: its form is the generator's, but it has its licence and is syntax that TypeScript reads.
  {
    files: ['src/native/binding/index.d.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'max-lines': 'off', '@typescript-eslint/array-type': 'off' },
  },
  { files: ['*.config.{js,mjs,ts}'], rules: { 'no-restricted-syntax': 'off' } },
);
