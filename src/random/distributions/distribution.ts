import type { Definition, Fields } from "../../definition.ts";
import type { Filler } from "../sampler.ts";
import type { SettingsFor } from "../settings.ts";
import type { RandomStream } from "../stream.ts";

/** Contents of the files that settings name (`Inputs.numbers` of a scenario). */
export type NumberFiles = ReadonlyMap<string, Float64Array>;

/**
 * A distribution of values ≥ 0. Quantities in `settings` carry the unit of the field that it stands
 * in (ms for a demand, bytes for a size); values, moments and the CDF's argument are in that unit.
 */
export interface DistributionDefinition<F extends Fields = Fields> extends Definition<F> {
  /**
   * What is wrong between the fields, in words that follow the entry's name; null: nothing. Each
   * field's own range is checked before.
   */
  check?(settings: SettingsFor<F>): string | null;
  /** Made once a stream; the filler draws from `stream` alone. */
  filler(settings: SettingsFor<F>, stream: RandomStream, files: NumberFiles): Filler;
  mean(settings: SettingsFor<F>, files: NumberFiles): number;
  /** E[X²], for Pollaczek and Khinchine's formula; ∞ where it does not exist. */
  secondMoment(settings: SettingsFor<F>, files: NumberFiles): number;
  /** P(X ≤ x) for x ≥ 0. */
  cdf(settings: SettingsFor<F>, x: number, files: NumberFiles): number;
}

/** Keeps the field types of one definition for its functions, and forgets them for the registry. */
export function defineDistribution<const F extends Fields>(
  definition: DistributionDefinition<F>,
): DistributionDefinition;
export function defineDistribution(definition: DistributionDefinition): DistributionDefinition {
  return definition;
}
