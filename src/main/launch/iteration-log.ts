// SPDX-License-Identifier: Apache-2.0
import type { IterationLine } from '#shared/contract/run.ts';

/**
 * The engine's per-iteration log line, in every era's form: keys with "=" or ":" in any order, optional
 * keys missing, values with or without unit. Anything else in the log is not an iteration line.
 */

const PAIR = /(?<![a-z_])([a-z_]+)\s*[=:]\s*([-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*(ms|s)?/g;
const STATE_PAIR = /'([a-z_]+)'\s*:\s*(\d+)/g;
const STATES = /states\s*[=:]\s*\{([^{}]*)\}/;
const TIMESTAMP = /timestamp\s*[=:]\s*(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})/;
/** Longer lines are not ours, and scanning them would cost without end. */
const LONGEST_LINE = 4096;

function pairs(text: string, pattern: RegExp): Map<string, { value: number; unit: string | undefined }> {
  const found = new Map<string, { value: number; unit: string | undefined }>();
  for (const match of text.matchAll(pattern)) {
    const [, key, value, unit] = match;
    if (key !== undefined && value !== undefined) found.set(key, { value: Number(value), unit });
  }
  return found;
}

/** Milliseconds of a host step: e1 and later say host_step_time in ms, e0 elapsed_time in s. */
function hostStepMs(keys: ReturnType<typeof pairs>): number | undefined {
  const host = keys.get('host_step_time') ?? keys.get('elapsed_time');
  if (host === undefined) return undefined;
  return host.unit === 's' ? host.value * 1000 : host.value;
}

/** Seconds since 1970 as if the clock on the wall were in UTC; undefined where the line does not say. */
function loggedAtS(line: string): number | undefined {
  const [, day, time] = TIMESTAMP.exec(line) ?? [];
  const ms = day === undefined || time === undefined ? Number.NaN : Date.parse(`${day}T${time}Z`);
  return Number.isNaN(ms) ? undefined : ms / 1000;
}

/** The iteration line in a line of log; null when it is not one. */
export function parseIterationLine(line: string): IterationLine | null {
  const at = line.indexOf('iter = ');
  if (at < 0 || line.length > LONGEST_LINE) return null;
  const states = STATES.exec(line)?.[1] ?? '';
  const keys = pairs(line.slice(at).replace(STATES, ''), PAIR);
  const logged = keys.get('iter')?.value;
  const hostMs = hostStepMs(keys);
  if (logged === undefined || !Number.isInteger(logged) || hostMs === undefined) return null;
  const counts = pairs(states, STATE_PAIR);
  const result: IterationLine = { iteration: logged - 1, hostStepMs: hostMs };
  const rank = keys.get('global_rank')?.value;
  const device = keys.get('prev_device_step_time')?.value;
  const context = counts.get('num_ctx_requests')?.value;
  const contextTokens = counts.get('num_ctx_tokens')?.value;
  const generation = counts.get('num_generation_tokens')?.value;
  if (rank !== undefined && Number.isInteger(rank)) result.rank = rank;
  if (device !== undefined) result.previousDeviceStepMs = device;
  if (context !== undefined) result.contextRequests = context;
  if (contextTokens !== undefined) result.contextTokens = contextTokens;
  if (generation !== undefined) result.generationTokens = generation;
  const scheduled = keys.get('num_scheduled_requests')?.value;
  if (scheduled !== undefined && Number.isInteger(scheduled)) result.scheduledRequests = scheduled;
  const cacheRatio = keys.get('kv_cache_util')?.value;
  if (cacheRatio !== undefined) result.cacheRatio = cacheRatio;
  const loggedAt = loggedAtS(line);
  if (loggedAt !== undefined) result.loggedAtS = loggedAt;
  return result;
}
