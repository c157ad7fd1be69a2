// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { appInfo, cacheUsage, diagnostics, sourceSet } from './app.ts';
import { bookmarkedSource, bookmarks } from './bookmarks.ts';
import {
  comparison,
  comparisonAnswer,
  comparisonId,
  comparisonPlan,
  comparisonProgress,
  comparisonRequest,
} from './comparison.ts';
import { planFile } from './expert-files.ts';
import { savedFile } from './saved-file.ts';
import { chosenTarget, traceTarget } from './exporting.ts';
import { flag } from './flags.ts';
import { iterationRecords } from './iteration-record.ts';
import {
  iterationSpan,
  launchCheck,
  launchForm,
  launchPreview,
  pastedCommand,
  recipeCatalogue,
} from './launch.ts';
import { logMatches, logPage, logPageRequest, logSearchRequest, logStep, logStream } from './log.ts';
import {
  annotationsChange,
  diskUse,
  exported,
  imported,
  jobName,
  jobProgress,
  outcome,
  runIds,
} from './library.ts';
import { iterationLine, runIdText, runManifest, runProgress, runSummary } from './run.ts';
import { settings, settingsState } from './settings.ts';
import { telemetryHead, telemetrySample, telemetrySeries } from './telemetry.ts';
import { foundViewers, startedViewer } from './viewers.ts';
import type { EventName, MethodName } from './methods.ts';

/** The whole conversation between the main process and a window: every input is parsed by these. */

const nothing = z.undefined();
const runId = z.object({ id: runIdText });
const compared = z.object({ id: comparisonId });
const paths = z.array(z.string().min(1).max(4096)).min(1).max(1024);

export const contract = {
  'app.info': { input: nothing, output: appInfo },
  'app.cacheUsage': { input: nothing, output: cacheUsage },
  /** Shows one of the application's own folders in the system's file manager. */
  'app.openFolder': {
    input: z.object({ folder: z.enum(['data', 'cache', 'config', 'logs']) }),
    output: nothing,
  },
  /** Puts a diagnostic archive together and lists it; nothing is written yet. */
  'diagnostics.prepare': { input: nothing, output: diagnostics },
  /** Asks where to, and writes exactly what was listed; null when the user closed the dialog. */
  'diagnostics.save': { input: z.object({ ticket: z.uuid() }), output: z.string().nullable() },
  'settings.get': { input: nothing, output: settingsState },
  'settings.set': { input: settings, output: settings },
  'recipes.list': { input: nothing, output: recipeCatalogue },
  'launch.preview': { input: launchForm, output: launchPreview },
  /** Asks the machine what the launch needs: programs, files, GPUs, ports, versions. */
  'launch.check': { input: launchForm, output: launchCheck },
  /** Writes the script of a pass, counted from 0, to a file that the user chooses; null when the dialog was closed. */
  'launch.saveScript': {
    input: z.object({ form: launchForm, pass: z.int().min(0) }),
    output: z.object({ path: z.string() }).nullable(),
  },
  /** Reads a command as a shell would, without expanding anything; runs nothing. */
  'launch.readCommand': { input: z.object({ text: z.string().max(100_000) }), output: pastedCommand },
  'flags.list': { input: nothing, output: z.array(flag) },
  /** Starts a run for each pass of the form; the first may begin at once, the others wait. */
  'launch.start': { input: launchForm, output: z.array(runManifest).min(1) },
  'runs.list': { input: nothing, output: z.array(runSummary) },
  'runs.get': { input: runId, output: runManifest },
  'runs.start': { input: launchForm, output: runManifest },
  'runs.cancel': { input: runId, output: nothing },
  /** Reads what an ended run left, whoever or whatever ended it. "runs.cancel" stops it. */
  'runs.ingest': { input: runId, output: runManifest },
  /** Runs that wait, in their order. */
  'runs.queue': { input: nothing, output: z.array(z.string()) },
  /** Gives a waiting run another place in the queue, counted from 0. */
  'runs.moveInQueue': { input: runId.extend({ to: z.int().min(0) }), output: z.array(z.string()) },
  'runs.logPage': { input: runId.extend(logPageRequest.shape), output: logPage },
  'runs.searchLog': { input: runId.extend(logSearchRequest.shape), output: logMatches },
  /** Opens an output's file with the system's program for it. */
  'runs.openLog': { input: runId.extend({ stream: logStream, step: logStep }), output: nothing },
  'runs.telemetry': { input: runId, output: telemetrySeries },
  /** All iteration lines of a run, from its log: live or ended. */
  'runs.iterationLines': { input: runId, output: z.array(iterationLine) },
  /** What statistics files say of iterations `first` to `last`, and of their neighbours. */
  'runs.iterationRecords': { input: runId.extend(iterationSpan.shape), output: iterationRecords },
  'runs.openFolder': { input: runId, output: nothing },
  /** Why folders among the runs cannot be read as runs, a sentence for each. */
  'library.problems': { input: nothing, output: z.array(z.string()) },
  'library.annotate': { input: runId.extend({ change: annotationsChange }), output: runSummary },
  /** Moves runs to the trash; living ones are refused. */
  'library.delete': { input: runIds, output: outcome },
  'library.restore': { input: runIds, output: outcome },
  'library.diskUse': { input: nothing, output: diskUse },
  /** Deletes what was made from the runs' traces; it is made again when they are opened. */
  'library.freeStores': { input: runIds, output: outcome },
  /** Deletes the runs' traces, statistics and reports for good; figures, logs and manifests stay. */
  'library.freeArtifacts': { input: runIds, output: outcome },
  'library.emptyTrash': { input: nothing, output: nothing },
  /** Asks where to, then writes one archive for each run. */
  'library.export': { input: runIds.extend({ job: jobName }), output: exported },
  /** Asks for archives, then takes their runs in; null when the user closed the dialog. */
  'library.import': { input: z.object({ job: jobName }), output: imported.nullable() },
  'library.cancelJob': { input: z.object({ job: jobName }), output: nothing },
  /** Comparisons: passes are runs; what they say is computed anew from them. */
  'compare.list': { input: nothing, output: z.array(comparison) },
  /** What it would run, in which order, and what that takes; starts nothing. */
  'compare.plan': { input: comparisonRequest, output: comparisonPlan },
  'compare.start': { input: comparisonRequest, output: comparison },
  'compare.answer': { input: compared, output: comparisonAnswer },
  'compare.cancel': { input: compared, output: nothing },
  /** Goes on with one that stopped before its end. */
  'compare.resume': { input: compared, output: comparison },
  /** Writes the report to a file that the user chooses; null when the dialog was closed. */
  'compare.save': {
    input: compared.extend({ format: z.enum(['html', 'markdown', 'json']) }),
    output: z.object({ path: z.string() }).nullable(),
  },
  /** Writes a table, figures, a picture or a plan to a file that the user chooses; null when the dialog was closed. */
  'files.save': { input: savedFile, output: z.object({ path: z.string() }).nullable() },
  /** The text of a placement file that the user chooses; null when the dialog was closed. */
  'experts.choosePlan': { input: nothing, output: planFile.nullable() },
  /** Asks where a part of a trace is written; null when the dialog was closed. The engine writes it (`trace.write`). */
  'traces.chooseTarget': { input: traceTarget, output: chosenTarget.nullable() },
  /** Other viewers on this machine that could show a trace. */
  'viewers.find': { input: bookmarkedSource, output: foundViewers },
  /** Starts Nsight Systems with the trace's report. */
  'viewers.openInNsight': { input: bookmarkedSource, output: startedViewer },
  /** Asks where a trace for another viewer is written; null when the dialog was closed. */
  'viewers.chooseTarget': { input: traceTarget.pick({ name: true }), output: chosenTarget.nullable() },
  /** Shows such a file, or an open trace's own, in the system's file manager. */
  'viewers.show': {
    input: z.object({ of: z.enum(['target', 'source']), id: z.string().min(1).max(200) }),
    output: nothing,
  },
  'bookmarks.list': { input: bookmarkedSource, output: bookmarks },
  /** Takes the place of all bookmarks of a trace. */
  'bookmarks.save': { input: bookmarkedSource.extend({ bookmarks }), output: nothing },
  /** What of a run can be opened, as sources that the engine will accept. */
  'sources.ofRun': { input: runId, output: sourceSet },
  /** Asks with the system's file dialog; null when the user closed it. */
  'sources.choose': { input: nothing, output: sourceSet.nullable() },
  /** Files that a link names: the user is asked before they are looked at; null when the answer is no. */
  'sources.fromLink': { input: z.object({ paths }), output: sourceSet.nullable() },
  /** Files dropped on the window. */
  'sources.fromPaths': { input: z.object({ paths }), output: sourceSet },
  /** Files named on the command line; null when there were none. */
  'sources.initial': { input: nothing, output: sourceSet.nullable() },
} as const satisfies Record<MethodName, { input: z.ZodType; output: z.ZodType }>;

export type MethodInput<M extends MethodName> = z.input<(typeof contract)[M]['input']>;
export type MethodOutput<M extends MethodName> = z.output<(typeof contract)[M]['output']>;

export const events = {
  'runs.changed': runSummary,
  /** The whole list anew: runs were added, removed or changed from outside, or many at once. */
  'runs.listed': z.array(runSummary),
  'runs.progress': runProgress,
  'library.progress': jobProgress,
  'runs.telemetry': z.object({
    id: z.string(),
    head: telemetryHead,
    samples: z.array(telemetrySample).readonly(),
  }),
  /** Ids of the runs that wait, in their order. */
  'runs.queue': z.array(z.string()),
  'compare.progress': comparisonProgress,
  /** A second start of the application handed its files over, or the menu asked to open some. */
  'sources.opened': sourceSet,
  /** The engine process died and was started again: views must reopen what they show. */
  'engine.restarted': z.object({ reason: z.string() }),
} as const satisfies Record<EventName, z.ZodType>;

export type EventPayload<E extends EventName> = z.output<(typeof events)[E]>;
