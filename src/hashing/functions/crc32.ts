/** CRC-32, as nginx and HAProxy hash with it. */
import { hash32 } from "./hash32.ts";

/** The polynomial of Ethernet, gzip and PNG, bits reversed. */
const POLYNOMIAL = 0xedb88320;

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) === 1 ? POLYNOMIAL : 0);
  return crc;
});

/** The state before the first byte; a state xor this is the checksum of what it has seen. */
export const CRC32_START = -1;

/** The state after one byte more, signed. */
export const crc32After = (state: number, byte: number): number =>
  TABLE[(state ^ byte) & 255] ^ (state >>> 8);

/** The state after the bytes from .. to − 1. O(to − from). */
export function crc32Through(
  state: number,
  bytes: Uint8Array,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  let crc = state;
  for (let at = from; at < to; at++) crc = crc32After(crc, bytes[at]);
  return crc;
}

export const crc32 = hash32({
  name: "crc32",
  summary: "the checksum of gzip and Ethernet: nginx's ketama, HAProxy's crc32",
  follows: "ISO 3309; ngx_crc32_long of nginx, hash_crc32 of HAProxy",
  of: (bytes, length) => crc32Through(CRC32_START, bytes, { from: 0, to: length }) ^ CRC32_START,
});
