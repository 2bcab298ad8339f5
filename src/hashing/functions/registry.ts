/** All hash functions of keys' texts, in the order in which they are listed. One line adds one. */
import type { HashFunction } from "./hash-function.ts";
import { murmur3 } from "./murmur3.ts";

export const hashFunctions: readonly HashFunction[] = [murmur3];
