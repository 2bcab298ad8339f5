/** `origin`: what stands behind the caches. */
import type { BalancersRead } from "./read-balancers.ts";
import type { ClassesRead } from "./read-requests.ts";
import type { Geography } from "./geography.ts";
import { readRecord } from "./read-record.ts";
import type { Reading } from "./reading.ts";
import type { BalancerSpec, OriginSpec } from "./scenario.ts";
import { originShape } from "./shapes-tree.ts";
import type { TreeNode } from "./tree.ts";

export function readOrigin(
  node: TreeNode,
  { classes }: ClassesRead,
  tiers: BalancersRead | null,
  geography: Geography,
  reading: Reading,
): OriginSpec | null {
  const read = readRecord(originShape, node, { noun: "the origin" }, reading);
  if (read === null) return null;
  const { values } = read;
  const { problems } = reading;
  const place = values.at === null ? null : geography.placeOf("at", values.at);
  if (tiers !== null && !hasCache(tiers.root)) {
    problems.error(node.at, "no machine has a cache to fetch for", "write cache: { lru: 1_000 }");
  } else if (classes.every(({ onMiss }) => onMiss === null)) {
    problems.error(node.at, "a fetch takes no time at the origin", "write on-miss: 20ms");
  }
  if (place !== null && tiers !== null) checkWays(tiers.root, place, geography, reading, node);
  return { place, cores: values.cores, queueLimit: values.queue };
}

const hasCache = (root: BalancerSpec): boolean =>
  root.targets.some((target) =>
    target.kind === "machines" ? target.cache !== null : hasCache(target),
  );

function checkWays(
  root: BalancerSpec,
  place: number,
  geography: Geography,
  { problems }: Reading,
  node: TreeNode,
): void {
  const places = new Set<number>();
  const walk = (balancer: BalancerSpec): void => {
    for (const target of balancer.targets) {
      if (target.kind === "balancer") walk(target);
      else if (target.place !== null) places.add(target.place);
    }
  };
  walk(root);
  if (places.size === 0) {
    problems.error(node.at, "the origin stands at a place, and no machine does", "leave at out");
  }
  const to = geography.nameOf(place);
  for (const from of places) {
    if (geography.roundTripMs(from, place) !== null) continue;
    const name = geography.nameOf(from);
    const would = `write network: { round-trips: { ${name}: { ${to}: 30ms } } }`;
    problems.error(node.at, `no round trip between ${name} and ${to} is known`, would);
  }
}
