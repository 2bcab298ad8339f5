/** What WebSockets leave without a task: once upgraded, a connection passes layer 7 unread. */
import type { BalancersRead } from "./read-balancers.ts";
import type { Reading } from "./reading.ts";
import type { BalancerSpec, ClientRegion } from "./scenario.ts";

/** Settings of a balancer that see no message of an upgraded connection. */
const UNUSED = [
  ["responseCache", "its response cache answers nobody"],
  ["pool", "its pool is never used"],
] as const;

export function checkPinned(
  clients: readonly ClientRegion[],
  { root, balancers }: BalancersRead,
  { problems }: Reading,
): void {
  if (!clients.every(({ connections }) => connections?.websocket === true)) return;
  const walk = (spec: BalancerSpec): void => {
    for (const [field, what] of UNUSED) {
      if (spec[field] === undefined) continue;
      const at = balancers.get(spec.path) ?? { file: "", line: 0, column: 0 };
      const would = "leave it out, or write connections: { websocket: no } for some clients";
      problems.warn(at, `all connections through ${spec.path} are WebSockets: ${what}`, would);
    }
    for (const target of spec.targets) if (target.kind === "balancer") walk(target);
  };
  walk(root);
}
