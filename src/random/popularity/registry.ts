/** All popularities. To add one: its file, one line here, its test. */
import { assert } from "../../assert.ts";
import { entryOf } from "../../definition.ts";
import type { Chosen } from "../../definition.ts";
import type { RandomStream } from "../stream.ts";
import { RankSampler } from "./popularity.ts";
import type { PopularityDefinition } from "./popularity.ts";
import { uniform } from "./uniform.ts";
import { zipf } from "./zipf.ts";

export { RankSampler } from "./popularity.ts";
export type { PopularityDefinition } from "./popularity.ts";

export const popularities: readonly PopularityDefinition[] = [uniform, zipf];

/** Ranks 0 … count − 1, 0 the most popular; owns `stream` from now on. 1 ≤ count < 2^31. */
export function createRankSampler(
  chosen: Chosen,
  count: number,
  stream: RandomStream,
): RankSampler {
  assert(
    Number.isInteger(count) && count >= 1 && count < 2147483648,
    `a popularity needs 1 to 2^31 − 1 objects, but has ${count}`,
  );
  return new RankSampler(entryOf(popularities, chosen.kind).filler(chosen.settings, count, stream));
}

/** Chance of one request to ask for that rank, 0 ≤ rank < count. */
export const probabilityOfRank = (chosen: Chosen, count: number, rank: number): number =>
  entryOf(popularities, chosen.kind).probability(chosen.settings, count, rank);
