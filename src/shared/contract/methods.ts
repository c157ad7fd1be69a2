// SPDX-License-Identifier: Apache-2.0

/** Names only, without the schema library: the preload script carries nothing else. */
export const methodNames = [
  'app.info',
  'app.cacheUsage',
  'app.openFolder',
  'diagnostics.prepare',
  'diagnostics.save',
  'settings.get',
  'settings.set',
  'recipes.list',
  'launch.preview',
  'launch.check',
  'launch.saveScript',
  'launch.readCommand',
  'flags.list',
  'launch.start',
  'runs.list',
  'runs.get',
  'runs.start',
  'runs.cancel',
  'runs.ingest',
  'runs.queue',
  'runs.moveInQueue',
  'runs.logPage',
  'runs.searchLog',
  'runs.openLog',
  'runs.telemetry',
  'runs.iterationLines',
  'runs.iterationRecords',
  'runs.openFolder',
  'library.problems',
  'library.annotate',
  'library.delete',
  'library.restore',
  'library.diskUse',
  'library.freeStores',
  'library.freeArtifacts',
  'library.emptyTrash',
  'library.export',
  'library.import',
  'library.cancelJob',
  'compare.list',
  'compare.plan',
  'compare.start',
  'compare.answer',
  'compare.cancel',
  'compare.resume',
  'compare.save',
  'files.save',
  'experts.choosePlan',
  'traces.chooseTarget',
  'viewers.find',
  'viewers.openInNsight',
  'viewers.chooseTarget',
  'viewers.show',
  'bookmarks.list',
  'bookmarks.save',
  'sources.ofRun',
  'sources.choose',
  'sources.fromLink',
  'sources.fromPaths',
  'sources.initial',
] as const;
export type MethodName = (typeof methodNames)[number];

export const eventNames = [
  'runs.changed',
  'runs.listed',
  'runs.progress',
  'runs.telemetry',
  'runs.queue',
  'library.progress',
  'compare.progress',
  'sources.opened',
  'engine.restarted',
] as const;
export type EventName = (typeof eventNames)[number];

/** Takes paths, so the page may not call it: only the preload script does, with those of files that the user dropped. */
export const dropMethod = 'sources.fromPaths' satisfies MethodName;

/** The channel that carries a method call or event between main and window. */
export const methodChannel = (name: MethodName): string => `iterscope.method.${name}`;
export const eventChannel = (name: EventName): string => `iterscope.event.${name}`;
export const enginePortChannel = 'iterscope.engine-port';
/** The message that hands the engine's port from the preload script to the page. */
export const enginePortMessage = 'iterscope.engine-port';
