// SPDX-License-Identifier: Apache-2.0

/**
 * Everything that can go wrong, as values. A code says which kind of failure it is (for tests and the
 * command line); the message is a whole sentence: what happened, to which file or process, what to do.
 */
export const errorCodes = [
  'trace.not-found',
  'trace.unreadable',
  'trace.not-a-trace',
  'trace.truncated-empty',
  'store.stale',
  'store.damaged',
  'store.version',
  'store.no-space',
  'store.unwritable',
  'ingest.cancelled',
  'ingest.too-large',
  'query.out-of-range',
  'query.bad-pattern',
  'export.unwritable',
  'nsys.not-found',
  'nsys.export-failed',
  'experts.not-found',
  'experts.unreadable',
  'experts.no-statistics',
  'experts.damaged',
  'experts.bad-tensor',
  'experts.too-sparse',
  'experts.bad-balancer',
  'experts.bad-plan',
  'experts.no-such-layer',
  'launch.program-not-found',
  'launch.permission',
  'launch.not-executable',
  'launch.too-large',
  'launch.cwd-missing',
  'launch.output',
  'launch.journal',
  'launch.system',
  'launch.bad-spec',
  'launch.supervisor-missing',
  'launch.supervisor-lost',
  'launch.run-dir',
  'launch.journal-unreadable',
  'target.runtime-missing',
  'target.unreachable',
  'target.image-missing',
  'target.container-left',
  'recipe.unknown',
  'recipe.malformed',
  'form.parameter',
  'form.window',
  'form.environment',
  'form.passes',
  'run.unknown',
  'run.state',
  'run.program-failed',
  'run.server-died',
  'run.server-not-ready',
  'run.port-taken',
  'run.terminated',
  'run.manifest',
  'run.folder',
  'run.exists',
  'run.freed',
  'archive.unreadable',
  'archive.refused',
  'archive.unwritable',
  'settings.newer',
  'diagnostics.stale',
  'diagnostics.unwritable',
  'comparison.unknown',
  'comparison.damaged',
  'comparison.state',
  'comparison.pass',
  'comparison.unwritable',
  'bookmarks.damaged',
  'bookmarks.unwritable',
  'engine.crashed',
  'engine.unavailable',
  'script.unwritable',
  'file.unwritable',
  'source.unknown',
  'source.no-path',
  'request.malformed',
  'request.unknown-method',
  'request.foreign-sender',
  'request.cancelled',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** A failure as it crosses process borders. */
export interface Failure {
  readonly code: ErrorCode;
  /** A sentence for the user: what happened, to what, what to do. */
  readonly message: string;
  /** The file or folder concerned, when there is one. */
  readonly path?: string;
  /** The form field concerned, when there is one. */
  readonly field?: string;
}

/** The one exception class of Iterscope: a Failure that travels as an Error inside a process. */
export class IterscopeError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.message, options);
    this.name = 'IterscopeError';
    this.failure = failure;
  }
}

const known: ReadonlySet<string> = new Set(errorCodes);

/** Whether a text is one of the closed set of codes. */
export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === 'string' && known.has(text);
}

/** Any thrown value as a Failure; what is not ours is `internal` and keeps its message. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof IterscopeError) return thrown.failure;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'internal', message };
}
