// SPDX-License-Identifier: Apache-2.0

/**
 * Ranks in file names: `trace-rank-3.json`, `rank3.sqlite`, and `nsys_worker_proc_GEN_0_3.nsys-rep`, as the scripts of
 * TensorRT-LLM name reports (role, instance, rank), and `1767225600.5-TP-3.trace.json.gz` of SGLang.
 */
const PATTERNS = [/rank[-_]?(\d+)/, /_proc_[A-Za-z]+_\d+_(\d+)\b/, /-TP-(\d+)\b/];

/** The rank that a file's name states; undefined when it states none. */
export function rankOfName(name: string): number | undefined {
  for (const pattern of PATTERNS) {
    const found = pattern.exec(name)?.[1];
    if (found !== undefined) return Number(found);
  }
  return undefined;
}
