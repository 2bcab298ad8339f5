/**
 * Scenario + seed → a world at time 0. The only place that knows both world and strategies, and
 * where every random stream gets its name:
 *
 * `layout`, `arrivals/<region>/…`, `users/<region>`, `classes/<region>`, `demand/<region>/<class>`,
 * `penalty/<region>/<class>`,
 * `objects/<region>/<class>`, `hot/<region>/<class>`, `request-sizes/<region>/<class>`,
 * `response-sizes/<region>/<class>`, `names/<region>`, `sizes/<class>`, `replicas/<balancer>`,
 * `picks/<replica>`, `work/<replica>`, `backend-resumptions/<replica>`,
 * `sessions`, `ports/<region>`, `ports/<replica>`, `resumptions/<region>`, `lifetimes/<region>`,
 * `probes/<replica>`, `reports/<replica>`, `failures/<number>/<node>`, `repairs/<number>/<node>`.
 */
import type { Clientele, Persistence } from "../balancing/persistence/persistence.ts";
import { persistences } from "../balancing/persistence/registry.ts";
import { Pool } from "../balancing/pool.ts";
import { entryOf } from "../definition.ts";
import { EventQueue } from "../engine/event-queue.ts";
import { Fingerprint } from "../engine/fingerprint.ts";
import { meanOf } from "../random/registry.ts";
import { RandomStreams } from "../random/streams.ts";
import type { BalancerSpec, Inputs, MachinesSpec, Scenario } from "../scenario/scenario.ts";
import { Recorder } from "../statistics/recorder.ts";
import { NONE } from "../units.ts";
import { hasBandwidths } from "../world/bandwidths.ts";
import { Deadlines } from "../world/deadlines.ts";
import { MachineCaches } from "../world/machine-caches.ts";
import { MachineModel, MachineState } from "../world/machine.ts";
import { Machines } from "../world/machines.ts";
import { Network } from "../world/network.ts";
import { Origin } from "../world/origin.ts";
import { Passages } from "../world/passages.ts";
import { Stages } from "../world/proxies/stages.ts";
import { type Request, Requests } from "../world/requests.ts";
import { Topology, type TreeNode, tiersOf } from "../world/topology.ts";
import { addressesOf, type ObjectRange, objectRanges, objectSizes, usersOf } from "./catalogue.ts";
import { hasFrontDoor } from "./front-door.ts";
import type { Hop } from "./hop.ts";
import { hasConnections, makeSets, replicasToCome } from "./replica-sets.ts";
import { holdSessions, sessionOf } from "./hold-sessions.ts";
import { type Contents, contentsOf, hasProxies, layRoutes, makeProxy } from "./make-proxies.ts";
import { saltsOf } from "./identities.ts";
import { Membership } from "./membership.ts";
import { BalancerAtWork, MutableRequestView, Parts, Replica } from "./parts.ts";
import { lastMachines, makeSources } from "./traffic.ts";
import { warmMachines } from "./warm.ts";

/** What is built beyond what the scenario itself needs. */
export interface BuildOptions {
  /**
   * Keys, objects and penalties are drawn whether anybody looks at them or not, for strategies and
   * caches that come only with a touch. What was drawn before stays the same: each has its stream.
   */
  readonly drawsAll?: boolean;
}

/** In flight at a time, where machines are well used. */
const REQUESTS_A_CORE = 2;

export function build(
  scenario: Scenario,
  inputs: Inputs,
  seed: number,
  { drawsAll = false }: BuildOptions = {},
): { parts: Parts; membership: Membership } {
  const random = new RandomStreams(seed);
  const salts = saltsOf(random);
  const queue = new EventQueue<Request>();
  const ranges = objectRanges(scenario, inputs);
  const users = usersOf(scenario, inputs);
  const addresses = addressesOf(scenario, users);
  const requests = new Requests<Hop>(tiersOf(scenario.root), queue);
  const sizes = objectSizes(scenario, inputs, ranges, random);
  const network = new Network(scenario.roundTripMs, queue);
  if (hasBandwidths(scenario)) network.isFlat = false;
  const origin = scenario.origin === null ? null : new Origin(scenario.origin, queue, network);
  const caches = makeCaches(scenario, ranges, sizes);
  const machines = new Machines(queue, requests, caches, origin);
  const topology = plant(scenario, machines, caches);
  requests.makeReady(REQUESTS_A_CORE * machines.coreCount);
  const counts = { users: users.reduce((sum, n) => sum + n, 0), addresses: addresses.count };
  const contents = contentsOf(scenario, ranges, sizes, salts);
  const balancers = putToWork(scenario, inputs, counts, contents, topology, network, queue, random);
  const passages = hasDetours(scenario) ? new Passages(requests) : null;
  const recorder = makeRecorder(scenario, topology, queue, passages);
  const world = { machines, topology, network, queue, recorder, balancers };
  const ground = { ranges, sizes, users, addresses, keySalt: salts.key, drawsAll };
  const parts = new Parts({
    scenario,
    inputs,
    random,
    queue,
    requests,
    passages,
    stages: hasProxies(scenario) ? new Stages(requests) : null,
    network,
    machines,
    origin,
    caches,
    deadlines: new Deadlines(
      scenario.classes.map(({ timeoutMs }) => timeoutMs),
      queue,
      requests,
    ),
    topology,
    balancers,
    replicas: balancers
      .flatMap((balancer) => balancer?.pools ?? [])
      .toSorted((a, b) => a.id - b.id),
    sources: makeSources(scenario, inputs, queue, random, ground),
    addresses,
    usersIn: users,
    ranges,
    recorder,
    fingerprint: new Fingerprint(queue),
    salts,
    view: new MutableRequestView(),
    changes: [],
    notices: [],
    meanDemandMs: meanDemandOf(scenario, inputs),
    slotOf: [],
    lastMachineOf: lastMachines(scenario, users),
    sessions: holdSessions(scenario, inputs, users, random, world),
  });
  const membership = new Membership(parts);
  fillPools(parts, membership);
  layRoutes(parts);
  warmMachines(
    parts,
    topology.nodes.filter(({ kind }) => kind === "machine"),
  );
  return { parts, membership };
}

/** Over all classes, ms. */
const meanDemandOf = ({ classes }: Scenario, { numbers }: Inputs): number =>
  classes.reduce((sum, { share, demand }) => sum + share * meanOf(demand, numbers), 0);

/** Whether requests meet anything beside network and machines. */
const hasDetours = (scenario: Scenario): boolean =>
  [hasFrontDoor, hasBandwidths, hasConnections, hasProxies].some((has) => has(scenario));

function makeRecorder(
  scenario: Scenario,
  { nodes }: Topology,
  queue: EventQueue,
  passages: Passages | null,
): Recorder {
  return new Recorder(
    scenario.clients.length,
    scenario.classes.length,
    nodes.filter(({ kind }) => kind === "balancer").map(({ id }) => id),
    scenario.starvation.waitMs,
    queue,
    sessionOf(scenario) !== undefined,
    passages,
  );
}

function makeCaches(
  scenario: Scenario,
  ranges: readonly ObjectRange[],
  sizes: Float32Array | null,
): MachineCaches {
  return new MachineCaches(
    scenario.classes.map(({ missHolds }, i) => ({ missHolds, cacheable: ranges[i].count > 0 })),
    ranges.reduce((sum, { count }) => sum + count, 0),
    sizes,
  );
}

/** The tree; machines that join it later are made in the same way. */
function plant(scenario: Scenario, machines: Machines, caches: MachineCaches): Topology {
  const models = new Map<MachinesSpec, MachineModel>();
  return new Topology(scenario, (node, group, parent) => {
    const setup = { ...group, node };
    const model = models.get(group) ?? new MachineModel(setup);
    models.set(group, model);
    const machine = machines.add(setup, model);
    caches.add(machine, group.cache, parent.id, machinesOf(parent.balancer!));
    return machine;
  });
}

/** Its own, at the start. */
const machinesOf = ({ targets }: BalancerSpec): number =>
  targets.reduce((sum, target) => sum + (target.kind === "machines" ? target.count : 0), 0);

function putToWork(
  scenario: Scenario,
  { numbers }: Inputs,
  counts: Pick<Clientele, "users" | "addresses">,
  contents: Contents,
  topology: Topology,
  network: Network,
  queue: EventQueue,
  random: RandomStreams,
): (BalancerAtWork | undefined)[] {
  const clientPlaces = [...new Set(scenario.clients.map(({ place }) => place))];
  let last = 0;
  let id = 0;
  const dialers: number[] = [];
  return topology.nodes.map((node) => {
    if (node.balancer === null) return undefined;
    const spec = node.balancer;
    const places = node.place === NONE ? clientPlaces : [node.place];
    const placeIndex = new Int32Array(scenario.places.length).fill(NONE);
    places.forEach((place, index) => (placeIndex[place] = index));
    const pools: Replica[] = [];
    const most = spec.replicas + replicasToCome(scenario, node.path);
    const balancer = new BalancerAtWork({
      node,
      spec,
      last: ++last,
      replicas: spec.replicas,
      places,
      pools,
      placeIndex,
      soles: [],
      replicaStream: random.named(`replicas/${node.path}`),
      far: node.parent === NONE && scenario.places.length > 1 ? [] : null,
      persistence: persistenceOf(spec, counts, most * places.length, queue),
      sets: null,
      isFound: spec.frontDoor !== undefined,
      returnsDirectly: spec.layer4?.directReturn === true,
      dialer: (dialers[node.id] = dialerOf(node, topology, dialers)),
      strategy: spec.strategy,
      state: MachineState.Up,
    });
    for (const place of places) {
      for (let number = 1; number <= most; number++) {
        const at = places.length > 1 ? `@${scenario.places[place].name}` : "";
        const label = `${node.path}${at}#${number}`;
        const nodeAt = (slot: number): TreeNode => topology.nodes[pool.node[slot]];
        const pool: Pool = new Pool(spec.panic, queue, (slot, origin) => {
          const to = nodeAt(slot).place;
          return network.doorMs(origin, to) + network.doorMs(to, origin);
        });
        const stream = (of: string) => random.named(`${of}/${label}`);
        const proxy = makeProxy(spec, contents, queue, { stream, numbers });
        pools.push(new Replica(id++, pool, place, balancer, label, proxy));
      }
    }
    balancer.sets = makeSets(scenario, balancer, contents.nameSalt);
    const isSole = balancer.sets === null && spec.replicas === 1;
    for (const place of scenario.places.keys()) {
      balancer.soles.push(
        isSole ? (pools[node.place === NONE ? placeIndex[place] : 0] ?? null) : null,
      );
    }
    return balancer;
  });
}

/** See `BalancerAtWork.dialer`. @param dialers of those above, by node id */
function dialerOf({ balancer, parent }: TreeNode, { nodes }: Topology, dialers: number[]): number {
  const above = nodes[parent]?.balancer?.layer;
  if (above === 4) return dialers[parent];
  return above === 7 && balancer!.layer === 4 ? nodes[parent].tier : NONE;
}

function persistenceOf(
  { persistence }: BalancerSpec,
  counts: Pick<Clientele, "users" | "addresses">,
  replicas: number,
  clock: EventQueue,
): Persistence | null {
  if (persistence === undefined) return null;
  const definition = entryOf(persistences, persistence.kind);
  return definition.create({ ...counts, replicas, clock }, persistence.settings);
}

function fillPools(parts: Parts, membership: Membership): void {
  const { topology, balancers } = parts;
  for (const node of topology.nodes) {
    if (node.parent !== NONE) membership.join(node, balancers[node.parent]!);
  }
  for (const balancer of balancers) {
    if (balancer === undefined) continue;
    for (const { pool } of balancer.pools) pool.refresh();
    membership.use(balancer, balancer.spec.strategy, "start");
  }
  membership.reckonDistances();
}
