/** How the machines of a selection were used, and how evenly. */
import { coefficientOfVariation, greatestOverMean, jainIndex } from "../balance.ts";
import { fairShares } from "../fair-shares.ts";
import { starvationIn } from "../starvation.ts";
import type { NodeRecord } from "../run-record.ts";
import type { Span, Tally } from "../tally.ts";
import { ratio } from "./metric.ts";
import type { MetricDefinition } from "./metric.ts";

const utilization: MetricDefinition = {
  name: "utilization",
  unit: "share",
  summary: "part of the cores' time in service that they were busy",
  formula: "busy core time / (cores × in-service time)",
  better: null,
  machines: true,
  of(tally) {
    const { busyMs, inServiceMs } = tally.span.machines;
    let busy = 0;
    let inService = 0;
    for (const { machine } of tally.machines) {
      busy += busyMs[machine];
      inService += inServiceMs[machine];
    }
    return ratio(busy, inService);
  },
};

const utilizationWall: MetricDefinition = {
  name: "utilization-wall",
  unit: "share",
  summary: "the same by the clock on the wall: time out of service counts as idle",
  formula: "busy core time / (cores × time since it joined)",
  better: null,
  machines: true,
  of(tally) {
    const { fromMs, toMs, machines } = tally.span;
    let busy = 0;
    let wall = 0;
    for (const { machine, cores, joinedMs } of tally.machines) {
      busy += machines.busyMs[machine];
      wall += cores * Math.max(0, toMs - Math.max(fromMs, joinedMs));
    }
    return ratio(busy, wall);
  },
};

const peakUtilization: MetricDefinition = {
  name: "peak-utilization",
  unit: "share",
  summary: "utilization of the busiest machine over the whole span",
  formula: "max of busy core time / (cores × in-service time)",
  better: "lower",
  machines: false,
  of(tally) {
    const { busyMs, inServiceMs } = tally.span.machines;
    let peak = NaN;
    for (const { machine } of tally.machines) {
      const here = ratio(busyMs[machine], inServiceMs[machine]);
      if (here > peak || Number.isNaN(peak)) peak = here;
    }
    return peak;
  },
};

/**
 * Machines in service for less than this part of the longest one are left out, of the greatest and
 * of the mean alike: chance rules them.
 */
const LEAST_SERVICE = 0.1;

interface Shares {
  /** Requests received ÷ fair share, of machines that were in service with a weight at all. */
  readonly received: number[];
  /** Part of the span that it was so: what it counts for. */
  readonly inService: number[];
}

const NOBODYS: Shares = { received: [], inService: [] };
const known = new WeakMap<Span, Map<readonly NodeRecord[], Shares>>();

/** Made once for a span and its machines: several metrics and selections ask for them. */
function sharesOf({ span, machines }: Tally): Shares {
  if (machines.length === 0) return NOBODYS;
  const here = known.get(span) ?? new Map<readonly NodeRecord[], Shares>();
  known.set(span, here);
  const shares = here.get(machines) ?? sharesIn(span, machines);
  here.set(machines, shares);
  return shares;
}

/** O(slices × machines). */
function sharesIn(span: Span, machines: readonly NodeRecord[]): Shares {
  const here = new Float64Array(machines.length);
  const fair = new Float64Array(machines.length);
  const claimingMs = new Float64Array(machines.length);
  for (const slice of span.slices) {
    fairShares(slice, machines, here);
    const { inServiceMs, weightedMs } = slice.machines;
    for (let i = 0; i < machines.length; i++) {
      const { machine, cores } = machines[i];
      if (!(weightedMs[machine] > 0)) continue;
      fair[i] += here[i];
      claimingMs[i] += inServiceMs[machine] / cores;
    }
  }
  const received: number[] = [];
  const inService: number[] = [];
  for (let i = 0; i < machines.length; i++) {
    if (!(fair[i] > 0)) continue;
    received.push(span.machines.received[machines[i].machine] / fair[i]);
    inService.push(claimingMs[i] / (span.toMs - span.fromMs));
  }
  return { received, inService };
}

const formulaOfX =
  "x: requests received / fair share (by weight × in-service time, slice by slice); " +
  "weighted by in-service time";

const imbalance: MetricDefinition = {
  name: "imbalance",
  unit: "ratio",
  summary: "how much more the most-asked machine got than the mean, by weight; 1 is even",
  formula: `max x / mean x (Maglev, NSDI 2016, §5.1: over-provisioning). ${formulaOfX}`,
  better: "lower",
  machines: false,
  of(tally) {
    const { received, inService } = sharesOf(tally);
    const even = inService.every((part) => part === inService[0]);
    if (even) return greatestOverMean(received);
    const enough = LEAST_SERVICE * inService.reduce((a, b) => Math.max(a, b), 0);
    let sum = 0;
    let total = 0;
    let greatest = 0;
    for (let i = 0; i < received.length; i++) {
      if (inService[i] < enough) continue;
      sum += received[i] * inService[i];
      total += inService[i];
      if (received[i] > greatest) greatest = received[i];
    }
    return ratio(greatest * total, sum);
  },
};

const imbalanceCv: MetricDefinition = {
  name: "imbalance-cv",
  unit: "ratio",
  summary: "how far the machines' shares of requests spread, by weight; 0 is even",
  formula: `σ / μ of x. ${formulaOfX}`,
  better: "lower",
  machines: false,
  of(tally) {
    const { received, inService } = sharesOf(tally);
    return coefficientOfVariation(received, inService);
  },
};

const jain: MetricDefinition = {
  name: "jain",
  unit: "ratio",
  summary: "Jain's fairness index of the machines' shares; 1 is even, 1/n is one for all",
  formula: `(Σx)² / (n Σx²) (Jain, Chiu, Hawe, DEC-TR-301). ${formulaOfX}`,
  better: "higher",
  machines: false,
  of(tally) {
    const { received, inService } = sharesOf(tally);
    return jainIndex(received, inService);
  },
};

const starvation: MetricDefinition = {
  name: "starvation",
  unit: "share",
  summary: "part of their in-service time in which machines got less than α of their fair share",
  formula:
    "starved windows / in-service windows with arrivals, by time; mean over machines. A window " +
    "is widened until the weighted fair share is some 20 requests; α, window, requests: settings",
  better: "lower",
  machines: true,
  of(tally, settings) {
    const { starvedMs, observedMs } = starvationIn(tally.span, settings.starvation);
    let sum = 0;
    let seen = 0;
    for (const { machine } of tally.machines) {
      if (!(observedMs[machine] > 0)) continue;
      sum += starvedMs[machine] / observedMs[machine];
      seen++;
    }
    return ratio(sum, seen);
  },
};

export const machineMetrics: readonly MetricDefinition[] = [
  utilization,
  utilizationWall,
  peakUtilization,
  imbalance,
  imbalanceCv,
  jain,
  starvation,
];
