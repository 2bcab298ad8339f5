/** All hash functions, in the order in which they are listed. One line adds one. */
import { crc32 } from "./crc32.ts";
import { md5, sha256 } from "./digests.ts";
import { fnv1a, fnv1a64 } from "./fnv.ts";
import { djb2, sdbm, wt6 } from "./haproxy.ts";
import type { HashFunction } from "./hash-function.ts";
import { murmur2 } from "./murmur2.ts";
import { murmur3 } from "./murmur3.ts";
import { xxh64 } from "./xxh64.ts";

export const hashFunctions: readonly HashFunction[] = [
  murmur3,
  xxh64,
  murmur2,
  crc32,
  sdbm,
  djb2,
  wt6,
  fnv1a,
  fnv1a64,
  md5,
  sha256,
];
