/**
 * Whether everything stands somewhere, and whether the way between what talks to each other is
 * known.
 */
import type { Geography } from "./geography.ts";
import { HERE } from "./geography.ts";
import type { Position } from "./problem.ts";
import type { BalancersRead } from "./read-balancers.ts";
import type { ClientsRead } from "./read-clients.ts";
import type { Reading } from "./reading.ts";
import type { BalancerSpec } from "./scenario.ts";

/** True for a scenario without geography: neither clients nor balancers name a place. */
export function checkPlaces(
  clients: ClientsRead,
  tiers: BalancersRead,
  geography: Geography,
  reading: Reading,
): boolean {
  const placedClients = clients.placed.some((at) => at !== null);
  const placedTiers = tiers.placed || tiers.root.place !== null;
  if (!placedClients && !placedTiers) return true;
  if (placedTiers) {
    for (const [i, at] of clients.placed.entries()) {
      if (at !== null) continue;
      const { name } = clients.regions[i];
      reading.problems.error(
        clients.at[i],
        `the client region ${name} has no place`,
        "write at: frankfurt",
      );
    }
  }
  const nodes = nodesOf(tiers);
  for (const node of nodes) {
    if (node.place !== null || node.isRoot) continue;
    const what = `${node.what} stand${node.many ? "" : "s"} nowhere`;
    reading.problems.error(node.at, what, "write at: frankfurt here or on a balancer above");
  }
  checkWays(clients, nodes, geography, reading);
  return false;
}

interface Standing {
  readonly what: string;
  readonly many: boolean;
  readonly isRoot: boolean;
  readonly place: number | null;
  readonly parentPlace: number | null;
  readonly at: Position;
}

function nodesOf(tiers: BalancersRead): Standing[] {
  const nodes: Standing[] = [];
  const walk = (balancer: BalancerSpec, parentPlace: number | null, isRoot: boolean): void => {
    const { path, place } = balancer;
    const at = tiers.balancers.get(path) ?? { file: "", line: 0, column: 0 };
    nodes.push({ what: path, many: false, isRoot, place, parentPlace, at });
    let group = 0;
    for (const target of balancer.targets) {
      if (target.kind === "balancer") walk(target, place, false);
      else {
        const where = tiers.groups.get(path)?.[group++] ?? at;
        const what = `the machines of ${path}`;
        nodes.push({
          what,
          many: true,
          isRoot: false,
          place: target.place,
          parentPlace: place,
          at: where,
        });
      }
    }
  };
  walk(tiers.root, null, true);
  return nodes;
}

function checkWays(
  clients: ClientsRead,
  nodes: readonly Standing[],
  geography: Geography,
  { problems }: Reading,
): void {
  const told = new Set<string>();
  const check = (from: number, to: number, at: Position): void => {
    const [a, b] = [geography.nameOf(from), geography.nameOf(to)];
    // A missing place has its own problem.
    if (a === HERE || b === HERE || told.has(`${a}/${b}`)) return;
    if (geography.roundTripMs(from, to) !== null) return;
    told.add(`${a}/${b}`).add(`${b}/${a}`);
    const would = `write network: { round-trips: { ${a}: { ${b}: 30ms } } } or coordinates under places`;
    problems.error(at, `no round trip between ${a} and ${b} is known`, would);
  };
  for (const node of nodes) {
    if (node.place === null) continue;
    for (const { place } of clients.regions) check(place, node.place, node.at);
    if (node.parentPlace !== null) check(node.parentPlace, node.place, node.at);
  }
}

/** The tree with all but its root at the one place that there is. */
export function standHere(root: BalancerSpec, geography: Geography): BalancerSpec {
  const here = geography.index(HERE);
  const settle = (balancer: BalancerSpec): BalancerSpec => ({
    ...balancer,
    targets: balancer.targets.map((target) => {
      return target.kind === "balancer"
        ? { ...settle(target), place: here }
        : { ...target, place: here };
    }),
  });
  return settle(root);
}
