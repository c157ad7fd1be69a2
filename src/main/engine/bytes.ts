// SPDX-License-Identifier: Apache-2.0

/** Only the bytes of a reply: a Buffer may be a view into a larger block. */
export function ownBytes({ buffer, byteOffset, byteLength }: Buffer): ArrayBuffer {
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}
