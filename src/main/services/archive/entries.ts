// SPDX-License-Identifier: Apache-2.0
import type { Entry } from 'yauzl';
import { IterscopeError } from '#shared/base/errors.ts';
import { formatBytes, formatCount } from '#shared/base/units.ts';
import { ARTIFACTS, isBookmarksFile, isStepFile, TOP_FILES } from './layout.ts';

/**
 * Judges what an archive says it holds, before a byte of it is written. Archives come from anywhere:
 * whatever could leave the run's folder, replace something, or unpack without end refuses the whole.
 */

export const LIMITS = {
  entries: 20_000,
  totalBytes: 256 * 1024 ** 3,
  nameBytes: 1_024,
  depth: 16,
  /** The fastest deflate reaches 240 at most, and Iterscope writes no other. */
  ratio: 300,
  /** Small files may be packed as tightly as they like. */
  ratioFromBytes: 1024 ** 2,
  manifestBytes: 16 * 1024 ** 2,
  bookmarksBytes: 64 * 1024 ** 2,
} as const;

export interface CheckedEntry {
  readonly path: string;
  readonly bytes: number;
  readonly crc32: number;
  readonly entry: Entry;
}

const UNIX = 3;
const TYPE_MASK = 0o170000;
const REGULAR = 0o100000;
const FOLDER = 0o040000;
const STORED = 0;
const DEFLATED = 8;

/** The sentence that refuses an archive. */
export function refusal(archive: string, reason: string): IterscopeError {
  const message = `${archive} was not imported: ${reason}. Nothing of it was kept.`;
  return new IterscopeError({ code: 'archive.refused', message, path: archive });
}

/** Why a name cannot be that of a file of a run; null when it can. */
export function problemOfName(name: string): string | null {
  const quoted = JSON.stringify(name);
  if (name === '' || Buffer.byteLength(name) > LIMITS.nameBytes) return 'a name in it is empty or too long';
  if (/[\p{Cc}\u2028\u2029\ufffd]/u.test(name)) return `the name ${quoted} holds control characters`;
  if (name.includes('\\')) return `the name ${quoted} holds a backslash`;
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return `the name ${quoted} is an absolute path`;
  const segments = name.split('/');
  if (segments.some((segment) => segment === '..')) return `the name ${quoted} leads out of its folder`;
  if (segments.some((segment) => segment === '' || segment === '.'))
    return `the name ${quoted} is not a plain path`;
  if (segments.length > LIMITS.depth) return `the name ${quoted} is nested too deeply`;
  const [top = ''] = segments;
  const isKnown =
    segments.length === 1
      ? TOP_FILES.has(top)
      : top === ARTIFACTS || isStepFile(name) || isBookmarksFile(name);
  if (!isKnown) return `${quoted} is no file of a run`;
  return null;
}

/** Why an entry cannot be taken, whatever its name; null when it can. */
function problemOfEntry(entry: Entry, path: string): string | null {
  const quoted = JSON.stringify(path);
  const type = entry.versionMadeBy >>> 8 === UNIX ? (entry.externalFileAttributes >>> 16) & TYPE_MASK : 0;
  if (type !== 0 && type !== REGULAR && type !== FOLDER) return `${quoted} is a link or a device, not a file`;
  if (entry.isEncrypted()) return `${quoted} is encrypted`;
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    return `${quoted} is packed by a method that is not supported`;
  }
  const { compressedSize, uncompressedSize } = entry;
  if (uncompressedSize > LIMITS.ratioFromBytes && uncompressedSize > compressedSize * LIMITS.ratio) {
    return `${quoted} would unpack to ${formatBytes(uncompressedSize)} from ${formatBytes(compressedSize)}, which no run needs`;
  }
  return null;
}

/** Collects entries in the order of the archive and refuses at the first that is wrong. */
export class EntryCheck {
  readonly #archive: string;
  readonly #archiveBytes: number;
  readonly #files: CheckedEntry[] = [];
  /** Names as file systems that ignore case and composition would see them. */
  readonly #fileKeys = new Set<string>();
  readonly #folderKeys = new Set<string>();
  #packedBytes = 0;
  #bytes = 0;

  constructor(archive: string, archiveBytes: number, entryCount: number) {
    this.#archive = archive;
    this.#archiveBytes = archiveBytes;
    if (entryCount > LIMITS.entries) {
      throw this.#refuse(
        `it has ${formatCount(entryCount)} entries, and ${formatCount(LIMITS.entries)} are the most`,
      );
    }
  }

  get files(): readonly CheckedEntry[] {
    return this.#files;
  }

  get bytes(): number {
    return this.#bytes;
  }

  take(entry: Entry, rawName: string): void {
    const folder = rawName.endsWith('/');
    const path = folder ? rawName.slice(0, -1) : rawName;
    const problem =
      folder && path === ARTIFACTS
        ? problemOfEntry(entry, path)
        : (problemOfName(path) ?? problemOfEntry(entry, path));
    if (problem !== null) throw this.#refuse(problem);
    this.#addName(path, folder);
    if (folder) return;
    this.#packedBytes += entry.compressedSize;
    this.#bytes += entry.uncompressedSize;
    // Entries that share their data unpack to more than the archive holds.
    if (this.#packedBytes > this.#archiveBytes) throw this.#refuse('its entries overlap');
    if (this.#bytes > LIMITS.totalBytes) {
      throw this.#refuse(`it would unpack to more than ${formatBytes(LIMITS.totalBytes)}`);
    }
    this.#files.push({ path, bytes: entry.uncompressedSize, crc32: entry.crc32, entry });
  }

  #addName(path: string, folder: boolean): void {
    const key = path.normalize('NFC').toLowerCase();
    const twice = folder ? this.#fileKeys.has(key) : this.#fileKeys.has(key) || this.#folderKeys.has(key);
    if (twice) throw this.#refuse(`the name ${JSON.stringify(path)} occurs twice`);
    for (let at = key.indexOf('/'); at >= 0; at = key.indexOf('/', at + 1)) {
      const parent = key.slice(0, at);
      if (this.#fileKeys.has(parent)) throw this.#refuse(`${JSON.stringify(path)} lies below a file`);
      this.#folderKeys.add(parent);
    }
    (folder ? this.#folderKeys : this.#fileKeys).add(key);
  }

  #refuse(reason: string): IterscopeError {
    return refusal(this.#archive, reason);
  }
}
