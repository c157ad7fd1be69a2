// SPDX-License-Identifier: Apache-2.0

/**
 * Hands on what a promise brings, unless it was let go before. Returns what lets it go: the clean-up of the effect that
 * asked, so that the answer to an older question never replaces a newer one's.
 */
export function follow<Answer>(
  promise: Promise<Answer>,
  take: (answer: Answer) => void,
  fail: (thrown: unknown) => void,
): () => void {
  let current = true;
  promise.then(
    (answer) => {
      if (current) take(answer);
    },
    (thrown: unknown) => {
      if (current) fail(thrown);
    },
  );
  return () => {
    current = false;
  };
}
