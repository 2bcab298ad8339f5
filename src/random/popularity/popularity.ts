import type { Definition, Fields } from "../../definition.ts";
import type { SettingsFor } from "../settings.ts";
import type { RandomStream } from "../stream.ts";

/** Fills the whole array with the next ranks. */
export type RankFiller = (into: Int32Array) => void;

/** How often each of `count` objects is asked for. Rank 0 is the most popular; 1 ≤ count < 2^31. */
export interface PopularityDefinition<F extends Fields = Fields> extends Definition<F> {
  filler(settings: SettingsFor<F>, count: number, stream: RandomStream): RankFiller;
  /** Chance of one request to ask for that rank, 0 ≤ rank < count. */
  probability(settings: SettingsFor<F>, count: number, rank: number): number;
}

/** Keeps the field types of one definition for its functions, and forgets them for the registry. */
export function definePopularity<const F extends Fields>(
  definition: PopularityDefinition<F>,
): PopularityDefinition;
export function definePopularity(definition: PopularityDefinition): PopularityDefinition {
  return definition;
}

const BATCH = 256;
const EMPTY = new Int32Array(0);

/** Ranks of one popularity from one stream, drawn ahead 256 at a time: it owns its stream. */
export class RankSampler {
  private readonly fill: RankFiller;
  private ranks: Int32Array = EMPTY;
  private cursor = 0;

  constructor(fill: RankFiller) {
    this.fill = fill;
  }

  /** The next rank, 0 … count − 1. */
  next(): number {
    if (this.cursor === this.ranks.length) this.refill();
    return this.ranks[this.cursor++];
  }

  private refill(): void {
    if (this.ranks === EMPTY) this.ranks = new Int32Array(BATCH);
    this.fill(this.ranks);
    this.cursor = 0;
  }
}
