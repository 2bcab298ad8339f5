/** A balancer's decision about one request: what it believed of its targets beside what was so. */
import { NONE } from "../../units.ts";
import { MachineState } from "../../world/machine.ts";
import type { Request } from "../../world/requests.ts";
import type { TreeNode } from "../../world/topology.ts";
import type { Parts, Replica } from "../parts.ts";

/** One target as a balancer's replica believed it to be, beside what it was. */
export interface TargetSeen {
  readonly node: number;
  /** Believed usable: else it could not be picked. */
  readonly usable: boolean;
  readonly chosen: boolean;
  readonly weight: number;
  readonly roundTripMs: number;
  /** What this replica sent and has not heard back. */
  readonly believedInFlight: number;
  /** Last report; null before the first, or where none travel. */
  readonly reportedUtilization: number | null;
  readonly reportAgeMs: number | null;
  readonly believedUp: boolean;
  /** The truth at that moment: it, or a machine beneath it, serves. */
  readonly up: boolean;
  /** At its machines: waiting, fetching or in service. */
  readonly inFlight: number;
  /** Busy cores / cores. */
  readonly busy: number;
}

/**
 * Who chose a target: the strategy; or, without asking it, persistence (its user is kept there),
 * the connection it is on, the address that its client had found, or the balancer's rules.
 */
export type DecidedBy = "strategy" | "user" | "connection" | "address" | "route";

export interface Decision {
  readonly atMs: number;
  /** Node id of the balancer, and which of its replicas. */
  readonly balancer: number;
  readonly replica: string;
  readonly strategy: string;
  /** Node id. */
  readonly chosen: number;
  /** Who chose. */
  readonly by: DecidedBy;
  /** The strategy's owner of the request's key, as node id; null where it places no keys. */
  readonly owner: number | null;
  /** The chosen one first, then in order of joining; at most `TARGETS_SEEN_MAX`. */
  readonly targets: readonly TargetSeen[];
  /** All that there were. */
  readonly targetCount: number;
}
export const TARGETS_SEEN_MAX = 64;

/** As things stand now. O(targets + machines beneath those told of). */
export function decisionOf(
  parts: Parts,
  request: Request,
  replica: Replica,
  slot: number,
  by: DecidedBy,
): Decision {
  const { pool, balancer, label } = replica;
  const { queue } = parts;
  const slots = [slot];
  for (const { node } of replica.targets) {
    const other = parts.slotOf[node.id];
    if (other !== slot && pool.belongs(other)) slots.push(other);
  }
  const usable = new Set(Array.from({ length: pool.size }, (_, i) => pool.usable[i]));
  const owner = pool.keyed ? pool.owner(request.key, request.rawKey) : NONE;
  return {
    atMs: queue.nowMs,
    balancer: balancer.node.id,
    replica: label,
    strategy: balancer.strategy.kind,
    chosen: pool.node[slot],
    by,
    owner: owner < 0 ? null : pool.node[owner],
    targets: slots.slice(0, TARGETS_SEEN_MAX).map((each): TargetSeen => {
      const reportedAtMs = pool.reportedAtMs[each];
      return {
        node: pool.node[each],
        usable: usable.has(each),
        chosen: each === slot,
        weight: pool.weight[each],
        roundTripMs: pool.roundTripMs(each, request.source!.place),
        believedInFlight: pool.inFlight[each],
        reportedUtilization: reportedAtMs < 0 ? null : pool.reportedUtilization[each],
        reportAgeMs: reportedAtMs < 0 ? null : queue.nowMs - reportedAtMs,
        believedUp: pool.believedUp(each),
        ...truthOf(parts, parts.topology.nodes[pool.node[each]]),
      };
    }),
    targetCount: slots.length,
  };
}

function truthOf(
  { topology, balancers }: Parts,
  node: TreeNode,
): Pick<TargetSeen, "up" | "inFlight" | "busy"> {
  let inFlight = 0;
  let running = 0;
  let cores = 0;
  let serving = 0;
  for (const id of topology.machinesBeneath(node.id)) {
    const machine = topology.nodes[id].machine!;
    if (machine.state === MachineState.Removed) continue;
    inFlight += machine.inFlight;
    running += Math.min(machine.running, machine.model.coreCount);
    cores += machine.model.coreCount;
    if (machine.state === MachineState.Up) serving++;
  }
  const above = balancers[node.id]?.state ?? MachineState.Up;
  const up = serving > 0 && above === MachineState.Up;
  return { up, inFlight, busy: cores === 0 ? 0 : running / cores };
}
