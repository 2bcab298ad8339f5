/** Nodes by their names, for structures that hash those. */
import { membersOf } from "../../src/hashing/placement.ts";
import type { Members, Placement } from "../../src/hashing/placement.ts";
import { hashText } from "../../src/hashing/text.ts";

export const named = (paths: readonly string[], weights?: readonly number[]): Members =>
  membersOf(
    paths.map((path) => hashText(path)),
    weights,
    paths,
  );

/** Ports of 127.0.0.1, as Envoy's tests have them. */
export const ports = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `127.0.0.1:${from + i}`);

/** The owner of a 64-bit hash. */
export const ownerOf64 = (placement: Placement, hash: bigint): number =>
  placement.owner(Number(hash >> 32n), Number(hash & 0xffffffffn));

/** As many hashes, evenly around the ring from 0, as Envoy's tests take them. */
export function* around(count: number): Generator<bigint> {
  const step = (2n ** 64n - 1n) / BigInt(count);
  for (let i = 0n; i < count; i++) yield i * step;
}
