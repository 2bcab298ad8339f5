import type { SettingsOf } from "../../definition.ts";
import { exp } from "../../maths/elementary.ts";
import { fillExponential } from "../ziggurat.ts";
import { defineDistribution } from "./distribution.ts";

const fields = {
  shares: {
    kind: "numbers",
    of: "share",
    doc: "share of each kind, summing to 100%",
    min: 0,
    optional: true,
  },
  means: { kind: "numbers", of: "quantity", doc: "mean of each kind", min: 0, optional: true },
  mean: { kind: "quantity", doc: "mean, instead of shares and means", above: 0, optional: true },
  cv2: {
    kind: "number",
    doc: "squared coefficient of variation, ≥ 1, with mean: two kinds of balanced means",
    min: 1,
    optional: true,
  },
} as const;

interface Kinds {
  readonly shares: readonly number[];
  readonly means: readonly number[];
}

/**
 * Two kinds with the same share × mean (Allen: Probability, Statistics and Queueing Theory, 2nd
 * ed., §3.2.9), or as given.
 */
function kindsOf({ shares, means, mean, cv2 }: SettingsOf<typeof fields>): Kinds {
  if (shares !== null && means !== null) return { shares, means };
  const m = mean ?? NaN;
  const c = cv2 ?? NaN;
  const first = 0.5 * (1 + Math.sqrt((c - 1) / (c + 1)));
  const second = 1 - first;
  return { shares: [first, second], means: [m / (2 * first), m / (2 * second)] };
}

const sumOver = ({ shares, means }: Kinds, term: (mean: number) => number): number =>
  shares.reduce((sum, share, kind) => sum + share * term(means[kind]), 0);

export const hyperexponential = defineDistribution({
  name: "hyperexponential",
  summary: "a mixture of exponentials: mostly short, sometimes long, any variation above 1",
  follows: "mixture; two moments with balanced means",
  fields,
  check: ({ shares, means, mean, cv2 }) => {
    const byKinds = shares !== null && means !== null && mean === null && cv2 === null;
    const byMoments = shares === null && means === null && mean !== null && cv2 !== null;
    if (byKinds === byMoments) return "needs either shares and means, or mean and cv2";
    if (shares === null || means === null) return null;
    if (shares.length !== means.length || shares.length === 0) {
      return "needs as many shares as means, at least one";
    }
    const sum = shares.reduce((total, share) => total + share, 0);
    if (Math.abs(sum - 1) > 1e-6) return `shares must sum to 100%, but sum to ${sum * 100}%`;
    return means.every((value) => value > 0) ? null : "means must be above 0";
  },
  filler: (settings, stream) => {
    const { shares, means } = kindsOf(settings);
    const last = means.length - 1;
    return (into) => {
      fillExponential(stream, into, 1);
      for (let i = 0; i < into.length; i++) {
        let rest = stream.double();
        let kind = 0;
        while (kind < last && rest >= shares[kind]) rest -= shares[kind++];
        into[i] *= means[kind];
      }
    };
  },
  mean: (settings) => sumOver(kindsOf(settings), (mean) => mean),
  secondMoment: (settings) => sumOver(kindsOf(settings), (mean) => 2 * mean * mean),
  cdf: (settings, x) => 1 - sumOver(kindsOf(settings), (mean) => exp(-x / mean)),
});
