// SPDX-License-Identifier: Apache-2.0
import { Transform } from 'node:stream';

/** Bytes done so far, told at most ten times a second and at the end. */

const PERIOD_MS = 100;

export type OnBytes = (bytesDone: number, bytesTotal: number) => void;

export class ByteCount {
  readonly #total: number;
  readonly #tell: OnBytes;
  #done = 0;
  #told = 0;

  constructor(total: number, tell: OnBytes) {
    this.#total = total;
    this.#tell = tell;
    tell(0, total);
  }

  add(bytes: number): void {
    this.#done += bytes;
    const now = performance.now();
    if (now - this.#told < PERIOD_MS && this.#done < this.#total) return;
    this.#told = now;
    this.#tell(this.#done, this.#total);
  }
}

/** Passes data on and shows each piece to the listener. */
export function watched(onChunk: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onChunk(chunk);
      done(null, chunk);
    },
  });
}
