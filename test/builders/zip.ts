// SPDX-License-Identifier: Apache-2.0
import { crc32, deflateRawSync } from 'node:zlib';

/** Zip files byte by byte, so that they can say of themselves whatever a test wants. */

export interface ZipEntry {
  readonly name: string;
  readonly data?: Buffer | string;
  /** Unix mode with the type of the file; a regular file when absent. */
  readonly mode?: number;
  readonly store?: boolean;
  /** Instead of what is true. */
  readonly crc?: number;
  readonly claimedBytes?: number;
  readonly method?: number;
  readonly flags?: number;
  /** Points to the data of the entry of this number instead of having its own. */
  readonly sharesDataOf?: number;
}

interface Placed {
  readonly entry: ZipEntry;
  readonly name: Buffer;
  readonly packed: Buffer;
  readonly crc: number;
  readonly bytes: number;
  readonly method: number;
  readonly offset: number;
}

const REGULAR = 0o100644;
const UTF8 = 0x800;

function header(signature: number, placed: Omit<Placed, 'offset'>, central: Buffer | null): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(placed.entry.flags ?? UTF8, 2);
  fields.writeUInt16LE(placed.method, 4);
  fields.writeUInt32LE(placed.crc, 10);
  fields.writeUInt32LE(placed.packed.length, 14);
  fields.writeUInt32LE(placed.bytes, 18);
  fields.writeUInt16LE(placed.name.length, 22);
  const start = Buffer.alloc(4);
  start.writeUInt32LE(signature);
  return Buffer.concat(central === null ? [start, fields, placed.name] : [start, central, fields]);
}

function centralHeader(placed: Placed): Buffer {
  const madeBy = Buffer.alloc(2);
  madeBy.writeUInt16LE((3 << 8) | 20);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(((placed.entry.mode ?? REGULAR) << 16) >>> 0, 6);
  rest.writeUInt32LE(placed.offset, 10);
  return Buffer.concat([header(0x02014b50, placed, madeBy), rest, placed.name]);
}

export function makeZip(entries: readonly ZipEntry[], claimedEntries = entries.length): Buffer {
  const parts: Buffer[] = [];
  const placed: Placed[] = [];
  let offset = 0;
  for (const entry of entries) {
    const shared = entry.sharesDataOf === undefined ? undefined : placed[entry.sharesDataOf];
    const data = Buffer.from(entry.data ?? '');
    const packed = shared?.packed ?? (entry.store === true ? data : deflateRawSync(data));
    const made = {
      entry,
      name: Buffer.from(entry.name),
      packed,
      crc: entry.crc ?? shared?.crc ?? crc32(data),
      bytes: entry.claimedBytes ?? shared?.bytes ?? data.length,
      method: entry.method ?? (entry.store === true ? 0 : 8),
    };
    placed.push({ ...made, offset: shared?.offset ?? offset });
    if (shared !== undefined) continue;
    const local = Buffer.concat([header(0x04034b50, made, null), packed]);
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(placed.map(centralHeader));
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(claimedEntries, 8);
  end.writeUInt16LE(claimedEntries, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}
