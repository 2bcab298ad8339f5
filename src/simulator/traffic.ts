/**
 * What clients ask for: the sources of requests, and what is worth drawing for them. The names of
 * their random streams stand at the head of build.ts.
 */
import { strategies } from "../balancing/registry.ts";
import { type Chosen, entryOf } from "../definition.ts";
import { EventKind } from "../engine/event-kind.ts";
import type { EventQueue } from "../engine/event-queue.ts";
import { createRankSampler } from "../random/popularity/registry.ts";
import { createSampler, type Sampler } from "../random/registry.ts";
import type { RandomStream } from "../random/stream.ts";
import type { RandomStreams } from "../random/streams.ts";
import type { BalancerSpec, Inputs, RequestClass, Scenario } from "../scenario/scenario.ts";
import { NONE } from "../units.ts";
import type { Addresses } from "../world/addresses.ts";
import { arrivals } from "../world/arrivals/registry.ts";
import { countsBytes } from "../world/bandwidths.ts";
import { BytesDraws, ClassDraws, ObjectDraws, Source } from "../world/source.ts";
import { hasConnections } from "./replica-sets.ts";
import type { ObjectRange } from "./catalogue.ts";

const NO_PENALTY: Chosen = { kind: "constant", settings: { value: 0 } };

/** What a scenario makes it worth drawing. */
interface Interest {
  readonly keys: boolean;
  readonly caches: boolean;
  /** Bytes take time on a link, or core time. */
  readonly bytes: boolean;
}

/** What all regions draw from. */
interface Ground {
  readonly ranges: readonly ObjectRange[];
  /** By object; null: none has a size. */
  readonly sizes: Float32Array | null;
  /** By region. */
  readonly users: readonly number[];
  readonly addresses: Addresses;
  readonly keySalt: number;
  /** See `BuildOptions`. */
  readonly drawsAll: boolean;
}

export function makeSources(
  scenario: Scenario,
  inputs: Inputs,
  queue: EventQueue,
  random: RandomStreams,
  { ranges, sizes, users, addresses, keySalt, drawsAll }: Ground,
): Source[] {
  const needed = interestOf(scenario);
  const interest = drawsAll ? { ...needed, keys: true, caches: true } : needed;
  let firstUser = 0;
  return scenario.clients.map((client, region) => {
    const { name } = client;
    const process = entryOf(arrivals, client.arrivals.kind).create(client.arrivals.settings, {
      region: name,
      users: users[region],
      random: (purpose) => random.named(`arrivals/${name}/${purpose}`),
      traces: inputs.traces,
      numbers: inputs.numbers,
    });
    const subject = queue.add(EventKind.Arrival, region);
    const classBounds = new Float64Array(client.shares.length);
    let sum = 0;
    client.shares.forEach((share, i) => (classBounds[i] = sum += share));
    const asksWho = tellsUsersApart(scenario) || process.returned !== undefined;
    const classes = scenario.classes.map((requests, group) => {
      const drawn = { requests, inputs, streamOf: streamsOf(random, name, requests) };
      const bytes = interest.bytes ? bytesDraws(drawn, sizes) : null;
      return makeDraws(drawn, { range: ranges[group], interest, asksWho }, bytes);
    });
    const source = new Source({
      region,
      place: client.place,
      subject,
      process,
      firstUser,
      users: asksWho ? users[region] : 0,
      userStream: random.named(`users/${name}`),
      classBounds,
      classStream: random.named(`classes/${name}`),
      classes,
      keySalt,
      addresses,
    });
    queue.schedule(subject, process.first());
    firstUser += users[region];
    return source;
  });
}

/** One class of requests in one region. */
interface Drawn {
  readonly requests: RequestClass;
  readonly inputs: Inputs;
  /** Its stream for a purpose. */
  readonly streamOf: (what: string) => RandomStream;
}

const streamsOf =
  (random: RandomStreams, region: string, { name }: RequestClass): Drawn["streamOf"] =>
  (what) =>
    random.named(`${what}/${region}/${name}`);

interface Asked {
  readonly range: ObjectRange;
  readonly interest: Interest;
  readonly asksWho: boolean;
}

function makeDraws(
  { requests, inputs, streamOf: stream }: Drawn,
  { range, interest, asksWho }: Asked,
  bytes: BytesDraws | null,
): ClassDraws {
  const { demand, onMiss, objects, affinity, size, responseSize } = requests;
  const isWeighed = interest.bytes && size !== null && responseSize === undefined;
  const isKeyed = interest.keys && affinity === "object";
  const asked = range.count > 0 && (interest.caches || isKeyed || isWeighed);
  return new ClassDraws({
    demand: createSampler(demand, stream("demand"), inputs.numbers),
    penalty: interest.caches
      ? createSampler(onMiss ?? NO_PENALTY, stream("penalty"), inputs.numbers)
      : null,
    affinity,
    asks: interest.keys || interest.caches || asksWho || isWeighed,
    objects: !asked
      ? null
      : new ObjectDraws({
          first: range.first,
          ranks:
            objects.perUser === null
              ? createRankSampler(objects.popularity, range.count, stream("objects"))
              : null,
          hotShare: objects.hot?.share ?? 0,
          hotObjects: objects.hot?.objects ?? 0,
          perUser: objects.perUser ?? 0,
          stream: stream("hot"),
        }),
    bytes,
  });
}

function bytesDraws({ requests, inputs, streamOf }: Drawn, sizes: Float32Array | null): BytesDraws {
  const { size, requestSize, responseSize } = requests;
  const sampler = (chosen: Chosen | undefined, what: string): Sampler | null =>
    chosen === undefined ? null : createSampler(chosen, streamOf(what), inputs.numbers);
  return new BytesDraws({
    request: sampler(requestSize, "request-sizes"),
    response: sampler(responseSize, "response-sizes"),
    objects: size === null ? null : sizes,
  });
}

/**
 * Whether users matter: by their connections, as keys, by their working sets, their sessions, their
 * resolvers, where they are kept at a target, or to see whether they are moved.
 */
const tellsUsersApart = (scenario: Scenario): boolean =>
  scenario.root.frontDoor !== undefined ||
  hasConnections(scenario) ||
  keepsUsers(scenario.root) ||
  scenario.classes.some(
    ({ affinity, objects, session }) =>
      session !== undefined ||
      objects.perUser !== null ||
      (affinity !== "object" && affinity !== "none"),
  );

const keepsUsers = ({ persistence, targets }: BalancerSpec): boolean =>
  persistence !== undefined ||
  targets.some((target) => target.kind === "balancer" && keepsUsers(target));

export function lastMachines(scenario: Scenario, users: readonly number[]): Int32Array {
  const known = tellsUsersApart(scenario) ? users : [];
  return new Int32Array(known.reduce((sum, n) => sum + n, 0)).fill(NONE);
}

function interestOf(scenario: Scenario): Interest {
  const chosen: Chosen[] = [];
  let caches = false;
  const visit = (spec: BalancerSpec): void => {
    chosen.push(spec.strategy);
    caches ||= spec.responseCache !== undefined || (spec.work?.perKbMs ?? 0) > 0;
    for (const target of spec.targets) {
      if (target.kind === "balancer") visit(target);
      else caches ||= target.cache !== null;
    }
  };
  visit(scenario.root);
  for (const event of scenario.events) {
    if (event.kind === "strategy") chosen.push(event.strategy);
    if (event.kind === "add") caches ||= event.machines.cache !== null;
  }
  const keys = chosen.some(({ kind, settings }) => {
    const definition = entryOf(strategies, kind);
    const needs = [...definition.needs, ...(definition.alsoNeeds?.(settings) ?? [])];
    return needs.includes("key");
  });
  return { keys, caches, bytes: countsBytes(scenario) };
}
