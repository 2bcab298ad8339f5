/**
 * Cryptographic digests, since textbooks name them. They cost about a hundred times what the others
 * do and spread keys no better.
 */
import { md5 as md5Of } from "@noble/hashes/legacy.js";
import { sha256 as sha256Of } from "@noble/hashes/sha2.js";
import type { HashFunction } from "./hash-function.ts";
import { bigEndian32 } from "../word64.ts";

/**
 * The first 8 bytes of the digest, read as one number with the first byte highest: the first 16
 * digits as tools print them. (libketama reads MD5's bytes the other way round, 4 at a time.)
 * O(length); the digest is allocated.
 */
class Digest implements HashFunction {
  readonly bits = 64;
  readonly name: string;
  readonly summary: string;
  readonly follows: string;
  low = 0;
  private readonly of: (bytes: Uint8Array) => Uint8Array;

  constructor(
    { name, summary, follows }: Pick<HashFunction, "name" | "summary" | "follows">,
    of: (bytes: Uint8Array) => Uint8Array,
  ) {
    this.name = name;
    this.summary = summary;
    this.follows = follows;
    this.of = of;
  }

  hash(bytes: Uint8Array, length: number): number {
    const digest = this.of(bytes.subarray(0, length));
    this.low = bigEndian32(digest, 4);
    return bigEndian32(digest, 0);
  }
}

export const md5: HashFunction = new Digest(
  {
    name: "md5",
    summary: "MD5's first 8 bytes, the first one highest",
    follows: "RFC 1321",
  },
  md5Of,
);
export const sha256: HashFunction = new Digest(
  {
    name: "sha256",
    summary: "SHA-256's first 8 bytes, the first one highest",
    follows: "FIPS 180-4",
  },
  sha256Of,
);
