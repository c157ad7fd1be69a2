// SPDX-License-Identifier: Apache-2.0
import { IterscopeError, toFailure } from '#shared/base/errors.ts';
import type {
  Arm,
  Comparison,
  ComparisonAnswer,
  ComparisonPlan,
  ComparisonRequest,
  SharedCache,
} from '#shared/contract/comparison.ts';
import type { PlannedPass } from '#shared/contract/comparison-pass.ts';
import type { RunManifest } from '#shared/contract/run.ts';
import { answerOf } from '../compare/answer.ts';
import { differencesOf } from '../compare/differences.ts';
import { estimatePasses, pastRun } from '../compare/estimate.ts';
import { passesOf } from '../compare/order.ts';
import type { PassResult } from '../compare/pass.ts';
import type { Profile } from '../compare/profile.ts';
import { htmlReport } from '../compare/report-html.ts';
import { markdownReport } from '../compare/report-markdown.ts';
import { cachesOf } from '../launch/pass-caches.ts';
import { MASK } from '../launch/secrets.ts';
import { maskSecrets, shareable } from './comparison-store.ts';
import { LiveComparison } from './live-comparison.ts';
import type { ComparisonParts } from './live-comparison.ts';
import { formOf, launchedForm } from './pass-forms.ts';
import { readProfile } from './profile-reading.ts';

/** Profiles that are kept in memory. */
const MOST_PROFILES = 8;

/**
 * Comparisons: their passes are ordinary runs, one after the other, in an order fixed beforehand. What is on
 * disk is the plan and which run each pass became, so that an interrupted one goes on where it stopped.
 */
export class ComparisonService {
  readonly #parts: ComparisonParts;
  readonly #live = new Map<string, LiveComparison>();
  readonly #profiles = new Map<string, Promise<Profile>>();

  constructor(parts: ComparisonParts) {
    this.#parts = parts;
  }

  /** Marks as interrupted what no process goes on with. Call once, at start, after the runs were recovered. */
  async recover(): Promise<void> {
    for (const comparison of await this.#parts.store.list()) {
      if (comparison.state !== 'running' || this.#isOwned(comparison)) continue;
      await this.#parts.store.write({ ...comparison, state: 'interrupted' });
    }
  }

  async list(): Promise<Comparison[]> {
    const found = await this.#parts.store.list();
    return found.map((comparison) => this.#shown(comparison.id) ?? comparison);
  }

  async get(id: string): Promise<Comparison> {
    return this.#shown(id) ?? (await this.#parts.store.read(id));
  }

  /** What the request would run, and what that takes by the runs that there are. Starts nothing. */
  async plan(request: ComparisonRequest): Promise<ComparisonPlan> {
    const passes = passesOf(request);
    const { runs } = await this.#parts.library.list();
    const findings = await this.#findings(request);
    return {
      caches: await this.#cachesOf(request, '(comparison)'),
      passes,
      estimate: estimatePasses(request, passes, runs.flatMap(pastRun)),
      findings,
      differences: differencesOf(request.a.form, request.b.form),
      runnable: findings.every(({ severity }) => severity !== 'error'),
    };
  }

  /** The caches that passes of each arm will share. */
  async #cachesOf({ a, b }: ComparisonRequest, id: string): Promise<SharedCache[]> {
    const { environment, recipes, store } = this.#parts;
    const differences = differencesOf(a.form, b.form);
    const together = differences.every(({ name }) => name === 'perfect router');
    const places = { folder: store.cacheFolderOf(id), together, environment };
    const found: SharedCache[] = [];
    for (const [arm, { form }] of [
      ['a', a],
      ['b', b],
    ] as const)
      found.push(...cachesOf(await recipes.get(form.recipeId), form, arm, places));
    return found;
  }

  /** What the checks before a launch say of the passes of both arms, each sentence once an arm. */
  async #findings(request: ComparisonRequest): Promise<ComparisonPlan['findings']> {
    const found = new Map<string, ComparisonPlan['findings'][number]>();
    for (const arm of ['a', 'b'] as const) {
      for (const purpose of request.profile ? (['timing', 'profile'] as const) : (['timing'] as const)) {
        const { findings } = await this.#parts.runs.preview(formOf(request[arm], purpose));
        for (const finding of findings) found.set(`${arm} ${finding.message}`, { ...finding, arm });
      }
    }
    return [...found.values()];
  }

  /** Checks both arms, writes the plan and begins; the passes go on by themselves. */
  async start(request: ComparisonRequest): Promise<Comparison> {
    for (const arm of [request.a, request.b]) {
      await this.#checkArm(arm, 'timing');
      if (request.profile) await this.#checkArm(arm, 'profile');
    }
    const now = new Date();
    const id = this.#parts.store.newId(now);
    const comparison: Comparison = {
      version: 1,
      id,
      title: request.title ?? `${request.b.label} against ${request.a.label}`,
      createdAt: now.toISOString(),
      state: 'running',
      request,
      plan: passesOf(request),
      caches: await this.#cachesOf(request, id),
      passes: [],
    };
    return this.#begin(comparison);
  }

  /** Goes on with a comparison that stopped before its end. */
  async resume(id: string): Promise<Comparison> {
    const comparison = await this.get(id);
    if (comparison.state === 'done' || (comparison.state === 'running' && this.#isOwned(comparison))) {
      const message = `The comparison is ${comparison.state}: there is nothing to go on with.`;
      throw new IterscopeError({ code: 'comparison.state', message });
    }
    const { reason: _reason, endedAt: _endedAt, ...rest } = comparison;
    const { a, b } = rest.request;
    const request = { ...rest.request, a: this.#withSecrets(a), b: this.#withSecrets(b) };
    return this.#begin({ ...rest, request, state: 'running' });
  }

  /** Ends the pass that runs and the comparison with it; its finished passes are kept. */
  async cancel(id: string): Promise<void> {
    const live = this.#live.get(id);
    if (live === undefined) {
      const message = 'The comparison is not running: there is nothing to cancel.';
      throw new IterscopeError({ code: 'comparison.state', message });
    }
    await live.cancel();
  }

  /** Resolves when no pass of it goes on any more. */
  async finished(id: string): Promise<Comparison> {
    return (await this.#live.get(id)?.ended) ?? this.#parts.store.read(id);
  }

  /** What the finished passes say. */
  async answer(id: string): Promise<ComparisonAnswer> {
    const comparison = await this.get(id);
    const passes: PassResult[] = [];
    for (const { runId, block, arm, purpose } of comparison.passes) {
      const run = await this.#runOf(runId);
      if (run === null) continue;
      const lines = purpose === 'timing' ? await this.#parts.runs.iterationLines(runId) : [];
      const profile = purpose === 'profile' ? await this.#profileOf(run) : null;
      const telemetry = await this.#parts.telemetry.read(runId);
      passes.push({ block, arm, purpose, run, lines, telemetry, profile });
    }
    return answerOf(comparison, passes);
  }

  /** The run of a pass; null when it was deleted, which costs its block and not the whole answer. */
  async #runOf(id: string): Promise<RunManifest | null> {
    return this.#parts.runs.get(id).catch((thrown: unknown) => {
      if (toFailure(thrown).code === 'run.unknown') return null;
      throw thrown;
    });
  }

  #isOwned({ owner }: Comparison): boolean {
    return (
      owner?.identity !== undefined && this.#parts.platform.processIdentity(owner.pid) === owner.identity
    );
  }

  /** A living comparison as it may be shown. */
  #shown(id: string): Comparison | undefined {
    const live = this.#live.get(id);
    return live === undefined ? undefined : maskSecrets(live.comparison);
  }

  /** The report of a comparison, as the text of a file. */
  async report(id: string, format: 'html' | 'markdown' | 'json'): Promise<string> {
    const [comparison, answer] = await Promise.all([this.get(id), this.answer(id)]);
    const commands = await this.#commandsOf(comparison);
    const report = shareable({ comparison, answer, commands });
    if (format === 'json') return JSON.stringify({ version: 1, ...report });
    if (format === 'markdown') return markdownReport(report);
    // The chart library is large, and only this needs it.
    const { svgOf } = await import('../pictures/svg.ts');
    return htmlReport(report, svgOf);
  }

  /** The command of each arm's passes as bash. */
  async #commandsOf(comparison: Comparison): Promise<{ title: string; shell: string }[]> {
    const folder = this.#parts.store.cacheFolderOf(comparison.id);
    const commands: { title: string; shell: string }[] = [];
    for (const purpose of comparison.request.profile
      ? (['timing', 'profile'] as const)
      : (['timing'] as const)) {
      for (const arm of ['a', 'b'] as const) {
        const { shell } = await this.#parts.runs.preview(launchedForm(comparison, { arm, purpose }, folder));
        const title = `${purpose === 'timing' ? 'Timing' : 'Profiled'} pass of ${comparison.request[arm].label}`;
        commands.push({ title, shell });
      }
    }
    return commands;
  }

  get liveCount(): number {
    return this.#live.size;
  }

  /** Values of secrets are never on disk: they are taken from the environment again. */
  #withSecrets(arm: Arm): Arm {
    const extraEnvironment = arm.form.extraEnvironment.map(({ name, value }) => {
      const found = value === MASK ? this.#parts.environment[name] : value;
      if (found !== undefined) return { name, value: found };
      const message = `The comparison cannot go on: the value of ${name} was not kept, since it is a secret. Start Iterscope with ${name} in its environment, then go on.`;
      throw new IterscopeError({ code: 'comparison.state', message });
    });
    return { ...arm, form: { ...arm.form, extraEnvironment } };
  }

  async #checkArm(arm: Arm, purpose: PlannedPass['purpose']): Promise<void> {
    const { findings } = await this.#parts.runs.preview(formOf(arm, purpose));
    const refused = findings.find(({ severity }) => severity === 'error');
    if (refused === undefined) return;
    const message = `${arm.label} cannot be run: ${refused.message}`;
    throw new IterscopeError({
      code: 'form.parameter',
      message,
      ...(refused.field && { field: refused.field }),
    });
  }

  async #begin(planned: Comparison): Promise<Comparison> {
    const identity = this.#parts.platform.processIdentity(process.pid) ?? '';
    const comparison = { ...planned, owner: { pid: process.pid, identity } };
    await this.#parts.store.write(comparison);
    const live = new LiveComparison(this.#parts, comparison, () => this.answer(comparison.id));
    this.#live.set(comparison.id, live);
    void live.ended.then(() => this.#live.delete(comparison.id));
    void live.go();
    return maskSecrets(comparison);
  }

  /** What a profiled run recorded. Read once: its artifacts do not change. */
  async #profileOf(run: RunManifest): Promise<Profile> {
    const known = this.#profiles.get(run.id);
    if (known !== undefined) return known;
    const { engine, sources, library } = this.#parts;
    const set = await sources.ofRun(run, library.artifactsOf(run.id));
    const read = readProfile(engine, set.sources);
    this.#profiles.set(run.id, read);
    const [oldest] = this.#profiles.keys();
    if (this.#profiles.size > MOST_PROFILES && oldest !== undefined) this.#profiles.delete(oldest);
    read.catch(() => this.#profiles.delete(run.id));
    return read;
  }
}
