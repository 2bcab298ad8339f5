/** What is done by hand, as events of a scenario: the words that a file would use. */
import { unreachable } from "../../../assert.ts";
import type { EventWords } from "../../../scenario/append-events.ts";
import { refusal, type Refused } from "./read-lane.ts";
import type { Touch } from "./protocol.ts";

/** One touch of a lane and the events that it became. */
export interface Touched {
  readonly atMs: number;
  readonly events: readonly EventWords[];
}

const LEAST_FACTOR = 0.001;
const MOST_FACTOR = 1_000;

/**
 * The events of one touch; none where nothing would change.
 * @param before touches of the same lane at earlier times
 * @param regions names of all client regions
 */
export function eventsOf(
  touch: Touch,
  atMs: number,
  before: readonly Touched[],
  regions: readonly string[],
): readonly EventWords[] | Refused {
  const at = timeText(atMs);
  switch (touch.kind) {
    case "fail":
      return [{ at, fail: touch.node, manner: touch.manner }];
    case "recover":
      return [{ at, recover: touch.node }];
    case "slow": {
      const by = factorText(touch.factor, slownessOf(touch.node, before));
      if (typeof by === "object") return by;
      return by === "1" ? [] : [{ at, slow: touch.node, by }];
    }
    case "drain":
      return [{ at, drain: touch.node }];
    case "remove":
      return [{ at, remove: touch.node }];
    case "add":
      return [{ at, add: `${touch.count} machine${touch.count === 1 ? "" : "s"}`, to: touch.to }];
    case "cut":
      return [{ at, cut: touch.between }];
    case "delay":
      return [{ at, delay: touch.between, by: `${rounded(touch.byMs)}ms` }];
    case "mend":
      return [{ at, mend: touch.between }];
    case "rate":
      return rateEvents(at, touch, before, regions);
    case "strategy":
      return [{ at, set: `${touch.node}.strategy`, to: { yaml: touch.strategy } }];
    case "weight":
      return [{ at, set: `${touch.node}.weight`, to: rounded(touch.weight) }];
    default:
      return unreachable(touch);
  }
}

/** Rates multiply: each region gets what takes it from where earlier touches left it. */
function rateEvents(
  at: string,
  { region, times }: Touch & { readonly kind: "rate" },
  before: readonly Touched[],
  regions: readonly string[],
): readonly EventWords[] | Refused {
  const meant = region === "*" ? regions : [region];
  const byFactor = new Map<string, string[]>();
  for (const name of meant) {
    const factor = factorText(times, rateOf(name, before));
    if (typeof factor === "object") return factor;
    const same = byFactor.get(factor) ?? [];
    byFactor.set(factor, [...same, name]);
  }
  byFactor.delete("1");
  return [...byFactor].map(([factor, names]): EventWords => {
    const all = names.length === regions.length;
    return { at, rate: all ? "*" : names.length === 1 ? names[0] : names, times: factor };
  });
}

/** What earlier touches made of a region's rate: the product of what they wrote. */
function rateOf(region: string, before: readonly Touched[]): number {
  let factor = 1;
  for (const { rate, times } of before.flatMap(({ events }) => events)) {
    const isMeant = rate === "*" || rate === region || (isList(rate) && rate.includes(region));
    if (isMeant && typeof times === "string") factor *= Number(times);
  }
  return factor;
}

function slownessOf(node: string, before: readonly Touched[]): number {
  let factor = 1;
  for (const { slow, by } of before.flatMap(({ events }) => events)) {
    if (slow === node && typeof by === "string") factor *= Number(by);
  }
  return factor;
}

const isList = (value: EventWords[string] | undefined): value is readonly string[] =>
  Array.isArray(value);

/** From a factor in force to the one that is wanted. */
function factorText(wanted: number, present: number): string | Refused {
  if (!(wanted >= LEAST_FACTOR && wanted <= MOST_FACTOR)) {
    return refusal(`a factor of ${wanted}`, `between ${LEAST_FACTOR} and ${MOST_FACTOR}`);
  }
  return rounded(wanted / present);
}

/** Six digits: what a file says is what is played. */
const rounded = (value: number): string => String(Number(value.toPrecision(6)));

/** Whole ms, in seconds where it is whole seconds: read back exactly. */
export const timeText = (ms: number): string => (ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`);
