// SPDX-License-Identifier: Apache-2.0
// A lint rule: every source file says its licence in its first comment.

const header = 'SPDX-License-Identifier: Apache-2.0';

/** @type {import('eslint').Rule.RuleModule} */
export const spdxHeader = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { missing: `The first line of a source file is "// ${header}".` },
  },
  create: (context) => ({
    Program(node) {
      const [first] = context.sourceCode.getAllComments();
      if (first?.value.trim() !== header || (first.loc?.start.line ?? 0) > 2) {
        context.report({ node, messageId: 'missing', loc: { line: 1, column: 0 } });
      }
    },
  }),
};
