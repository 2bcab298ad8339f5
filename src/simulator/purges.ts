/** What a purge forgets, and how it is told among the changes of a run. */
import { mix32 } from "../hashing/mix32.ts";
import type { EventSpec } from "../scenario/scenario.ts";
import type { Parts } from "./parts.ts";

type Purge = Extract<EventSpec, { readonly kind: "purge" }>;

/**
 * By object id; null: all. A share is taken by hashes of objects and of the time, so that an edge
 * and its shield which are purged at once lose the same, and the next purge means others. Classes
 * share no objects.
 */
export function objectsOf(
  { classes, share = 1, atMs }: Purge,
  { scenario, ranges, salts }: Pick<Parts, "scenario" | "ranges" | "salts">,
): ((object: number) => boolean) | null {
  if (classes === undefined && share >= 1) return null;
  const chosen = ranges.filter(
    (_, group) => classes === undefined || classes.includes(scenario.classes[group].name),
  );
  const bound = share * 2 ** 32;
  // Microseconds, of which ToUint32 keeps the low 32 bits.
  const salt = mix32(salts.key ^ mix32((atMs * 1_000) >>> 0));
  return (object) =>
    chosen.some(({ first, count }) => object >= first && object < first + count) &&
    mix32(mix32(object) ^ salt) >>> 0 < bound;
}

/** All response caches of a balancer forget it at once, and the run tells so. */
export function purge(event: Purge, parts: Parts, balancer: number): void {
  const { pools } = parts.balancers[balancer]!;
  const objects = objectsOf(event, parts);
  for (const { proxy } of pools) proxy?.cache?.purge(objects);
  const { size } = pools[0].pool;
  parts.changes.push({
    atMs: parts.queue.nowMs,
    balancer,
    what: inWords(event),
    targetsBefore: size,
    targetsAfter: size,
    disruption: null,
    purged: true,
  });
}

function inWords({ classes, share }: Purge): string {
  const part = share === undefined ? "all" : `${Number((share * 100).toPrecision(4))}% of the`;
  const whose = classes === undefined ? "" : ` of ${classes.join(", ")}`;
  return `${part} responses${whose} purged`;
}
