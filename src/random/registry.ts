/** All distributions. To add one: its file, one line here, its test. */
import { entryOf } from "../definition.ts";
import type { Chosen } from "../definition.ts";
import { bimodal } from "./distributions/bimodal.ts";
import { constant } from "./distributions/constant.ts";
import type { DistributionDefinition, NumberFiles } from "./distributions/distribution.ts";
import { empirical } from "./distributions/empirical.ts";
import { erlang } from "./distributions/erlang.ts";
import { exponential } from "./distributions/exponential.ts";
import { gamma } from "./distributions/gamma.ts";
import { hyperexponential } from "./distributions/hyperexponential.ts";
import { lognormal } from "./distributions/lognormal.ts";
import { pareto } from "./distributions/pareto.ts";
import { uniform } from "./distributions/uniform.ts";
import { weibull } from "./distributions/weibull.ts";
import { Sampler } from "./sampler.ts";
import type { RandomStream } from "./stream.ts";

export { Sampler } from "./sampler.ts";
export type { DistributionDefinition, NumberFiles } from "./distributions/distribution.ts";

export const distributions: readonly DistributionDefinition[] = [
  constant,
  exponential,
  uniform,
  lognormal,
  gamma,
  erlang,
  weibull,
  pareto,
  hyperexponential,
  bimodal,
  empirical,
];

const NO_FILES: NumberFiles = new Map();

/** A sampler that owns `stream` from now on. Asserts that the settings passed `problemOf`. */
export function createSampler(
  chosen: Chosen,
  stream: RandomStream,
  files: NumberFiles = NO_FILES,
): Sampler {
  return new Sampler(entryOf(distributions, chosen.kind).filler(chosen.settings, stream, files));
}

/** Mean in the unit of the settings; may be ∞ (an unbounded Pareto of shape ≤ 1). */
export const meanOf = (chosen: Chosen, files: NumberFiles = NO_FILES): number =>
  entryOf(distributions, chosen.kind).mean(chosen.settings, files);

/** E[X²] in the unit's square; may be ∞. */
export const secondMomentOf = (chosen: Chosen, files: NumberFiles = NO_FILES): number =>
  entryOf(distributions, chosen.kind).secondMoment(chosen.settings, files);

/** P(X ≤ x). */
export const cdfOf = (chosen: Chosen, x: number, files: NumberFiles = NO_FILES): number =>
  x < 0 ? 0 : entryOf(distributions, chosen.kind).cdf(chosen.settings, x, files);

/**
 * What is wrong between the fields of a choice (each field's own range is checked by the reader),
 * or null.
 */
export const problemOf = (chosen: Chosen): string | null =>
  entryOf(distributions, chosen.kind).check?.(chosen.settings) ?? null;
