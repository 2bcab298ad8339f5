/** What each node is at one moment, in columns by node id. */
import { NONE } from "../../units.ts";
import { type Machine, MachineState } from "../../world/machine.ts";
import { SessionCount } from "../../world/sessions.ts";
import type { Parts, ProxyAtWork } from "../parts.ts";
import type { LiveFigures } from "./live-figures.ts";

/** Values of `NodeColumns.state`, in this order. */
export const NODE_STATES = ["up", "crashed", "silent", "removed", "draining"] as const;
export type NodeStateName = (typeof NODE_STATES)[number];
const DRAINING = NODE_STATES.indexOf("draining");

/** One entry a node, by node id. Of a balancer: sums or means over the machines beneath it. */
export interface NodeColumns {
  /** Index into NODE_STATES. */
  readonly state: Uint8Array;
  /** Part of its parent's replicas that believe it up, 0..1; 1 at the root. */
  readonly believedUp: Float32Array;
  /** Configured speed / present speed of a machine; 1 for a balancer. */
  readonly slowed: Float32Array;
  readonly queued: Uint32Array;
  readonly running: Uint32Array;
  readonly fetching: Uint32Array;
  /** Sent by its parent's replicas and not yet heard back; 0 at the root. */
  readonly inFlight: Uint32Array;
  /** Busy core time / core time in service over the last whole window, 0..1; NaN: none yet. */
  readonly utilization: Float32Array;
  /** Hits / look-ups over the last whole window; NaN: no look-ups. */
  readonly hitRate: Float32Array;
  /** Part of the cache that is filled, 0..1, mean of those that have one; NaN: no cache. */
  readonly cacheFill: Float32Array;
  /** Sessions held. */
  readonly sessions: Uint32Array;
  /** Of a balancer itself at layer 7: its busy cores, and requests that wait for one. */
  readonly ownBusy: Uint32Array;
  readonly ownWaiting: Uint32Array;
  /** Its connections to its targets that are open, and requests that wait for one. */
  readonly backends: Uint32Array;
  readonly pending: Uint32Array;
  /** Answered from its response cache / look-ups over the last whole window; NaN: no look-ups. */
  readonly responseHitRate: Float32Array;
  /** Requests since the start of the run. */
  readonly received: Float64Array;
  readonly completed: Float64Array;
  /** Requests per s that reached it over the last whole window; NaN: none yet. */
  readonly ratePerS: Float32Array;
}

/** O(nodes × replicas). */
export function nodeColumns(parts: Parts, figures: LiveFigures): NodeColumns {
  const { topology, balancers, replicas, slotOf } = parts;
  const { nodes } = topology;
  const length = nodes.length;
  const columns: NodeColumns = {
    state: new Uint8Array(length),
    believedUp: new Float32Array(length).fill(1),
    slowed: new Float32Array(length).fill(1),
    queued: new Uint32Array(length),
    running: new Uint32Array(length),
    fetching: new Uint32Array(length),
    inFlight: new Uint32Array(length),
    utilization: figures.perNode("utilization", length),
    hitRate: figures.perNode("hitRate", length),
    cacheFill: new Float32Array(length),
    sessions: new Uint32Array(length),
    ownBusy: new Uint32Array(length),
    ownWaiting: new Uint32Array(length),
    backends: new Uint32Array(length),
    pending: new Uint32Array(length),
    responseHitRate: figures.responseHitRates(length),
    received: new Float64Array(length),
    completed: new Float64Array(length),
    ratePerS: figures.perNode("ratePerS", length),
  };
  const caches = new Uint32Array(length);
  for (const { id, machine } of nodes) {
    if (machine === null) columns.state[id] = balancers[id]!.state;
    else setMachine(columns, caches, id, machine);
  }
  for (const { balancer, pool, proxy, targets } of replicas) {
    if (proxy !== null) addOwn(columns, balancer.node.id, proxy, targets.length);
    for (const id of balancer.node.children) {
      const slot = slotOf[id];
      columns.inFlight[id] += pool.inFlight[slot];
      if (!pool.believedUp(slot)) columns.believedUp[id] -= 1 / balancer.pools.length;
    }
  }
  // Children come after their parents.
  for (let id = length - 1; id >= 0; id--) {
    const { parent } = nodes[id];
    if (parent !== NONE) addUp(columns, caches, id, parent);
    if (columns.believedUp[id] < 1e-6) columns.believedUp[id] = 0;
    columns.cacheFill[id] = caches[id] === 0 ? NaN : columns.cacheFill[id] / caches[id];
  }
  return columns;
}

function addOwn(columns: NodeColumns, id: number, proxy: ProxyAtWork, slots: number): void {
  const { station, backends } = proxy;
  columns.ownBusy[id] += station?.busy ?? 0;
  columns.ownWaiting[id] += station?.line.length ?? 0;
  if (backends === null) return;
  columns.backends[id] += backends.openNow;
  for (let slot = 0; slot < slots; slot++) {
    columns.pending[id] += backends.at(slot).waiting.length;
  }
}

function setMachine(columns: NodeColumns, caches: Uint32Array, id: number, machine: Machine): void {
  const { state, memory, account } = machine;
  const { sessions } = account;
  columns.state[id] = state === MachineState.Up && machine.draining ? DRAINING : state;
  columns.slowed[id] = machine.model.baseSpeed / machine.speed;
  columns.queued[id] = machine.queued;
  columns.running[id] = machine.running;
  columns.fetching[id] = account.fetching;
  columns.received[id] = machine.received;
  columns.completed[id] = machine.completed;
  if (memory !== null) {
    caches[id] = 1;
    const { count, bytes } = memory.cache;
    columns.cacheFill[id] = memory.room > 0 ? Math.min(1, Math.min(count, bytes) / memory.room) : 1;
  }
  if (sessions.length > 0) {
    const came = sessions[SessionCount.Opened] + sessions[SessionCount.MovedIn];
    columns.sessions[id] = came - sessions[SessionCount.MovedOut] - sessions[SessionCount.Lost];
  }
}

function addUp(columns: NodeColumns, caches: Uint32Array, id: number, parent: number): void {
  columns.queued[parent] += columns.queued[id];
  columns.running[parent] += columns.running[id];
  columns.fetching[parent] += columns.fetching[id];
  columns.sessions[parent] += columns.sessions[id];
  columns.received[parent] += columns.received[id];
  columns.completed[parent] += columns.completed[id];
  columns.cacheFill[parent] += columns.cacheFill[id];
  caches[parent] += caches[id];
}
