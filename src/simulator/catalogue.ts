/** The objects of all classes, numbered one class after the other. */
import { createSampler } from "../random/registry.ts";
import type { RandomStreams } from "../random/streams.ts";
import type { Affinity, Inputs, Scenario } from "../scenario/scenario.ts";
import { NONE } from "../units.ts";
import { Addresses } from "../world/addresses.ts";
import { rawKeyOf } from "../world/source.ts";

/** The objects of one class: ids first … first + count − 1, the most popular first. */
export interface ObjectRange {
  readonly first: number;
  readonly count: number;
  /** The affinity value of an object's requests; null where it does not follow from the object. */
  readonly rawKeyOf: ((index: number) => number) | null;
}

/** One range a class, in the order of the classes; count 0 where a class asks for nothing. */
export function objectRanges(scenario: Scenario, inputs: Inputs): ObjectRange[] {
  const users = usersOf(scenario, inputs);
  const addresses = addressesOf(scenario, users);
  const allUsers = users.reduce((sum, n) => sum + n, 0);
  const recorded = recordedObjects(scenario, inputs);
  let first = 0;
  return scenario.classes.map(({ objects, affinity }) => {
    const range: ObjectRange = {
      first,
      count:
        // A trace brings its own objects, whatever else the class asks for: their ids must have
        // room.
        Math.max(recorded, objects.perUser === null ? objects.count : allUsers * objects.perUser),
      rawKeyOf: rawKeys(affinity, objects.perUser, first, addresses),
    };
    first += range.count;
    return range;
  });
}

/** As the source would (see `rawKeyOf`), where the object tells who asks for it. */
function rawKeys(
  affinity: Affinity,
  perUser: number | null,
  first: number,
  addresses: Addresses,
): ((index: number) => number) | null {
  if (affinity === "object") return (index) => rawKeyOf(affinity, first + index, NONE, addresses);
  if (perUser === null || affinity === "none") return null;
  return (index) => rawKeyOf(affinity, first + index, Math.floor(index / perUser), addresses);
}

/** Where their users' packets come from. */
export const addressesOf = ({ clients }: Scenario, users: readonly number[]): Addresses =>
  new Addresses(
    users,
    clients.map(({ proxies }) => proxies),
  );

/** Users by region. A trace brings its own. */
export function usersOf(scenario: Scenario, inputs: Inputs): number[] {
  return scenario.clients.map(({ users, arrivals }) => {
    const file = arrivals.settings["file"];
    const trace = typeof file === "string" ? inputs.traces.get(file) : undefined;
    return Math.max(users, trace?.users ?? 0);
  });
}

function recordedObjects(scenario: Scenario, inputs: Inputs): number {
  let most = 0;
  for (const { arrivals } of scenario.clients) {
    const file = arrivals.settings["file"];
    const trace = typeof file === "string" ? inputs.traces.get(file) : undefined;
    most = Math.max(most, trace?.objects ?? 0);
  }
  return most;
}

/** Bytes by object id; null where no class has sizes. Drawn once, so an object keeps its size. */
export function objectSizes(
  scenario: Scenario,
  inputs: Inputs,
  ranges: readonly ObjectRange[],
  random: RandomStreams,
): Float32Array | null {
  if (scenario.classes.every(({ size }) => size === null)) return null;
  const total = ranges.reduce((sum, { count }) => sum + count, 0);
  const sizes = new Float32Array(total).fill(1);
  scenario.classes.forEach(({ size, name }, group) => {
    if (size === null) return;
    const sampler = createSampler(size, random.named(`sizes/${name}`), inputs.numbers);
    const { first, count } = ranges[group];
    for (let id = first; id < first + count; id++)
      sizes[id] = Math.max(1, Math.round(sampler.next()));
  });
  return sizes;
}
