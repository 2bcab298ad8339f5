/** What a run leaves behind of the balancers that have more to do than pick. */
import type { ProxiesRecord } from "../statistics/run-record.ts";
import { PROXY_COUNTS_LENGTH, ProxyCount } from "../world/proxies/counts.ts";
import type { Parts } from "./parts.ts";

const EMPTY = new Float64Array(0);

/** A copy of the counters as they stand now, by proxy and count; empty where there are none. */
export function proxyColumns({ stages, replicas }: Parts): Float64Array {
  if (stages === null) return EMPTY;
  const proxies = replicas.flatMap(({ proxy }) => proxy ?? []);
  const columns = new Float64Array(proxies.length * PROXY_COUNTS_LENGTH);
  for (const [i, { station, backends, counts }] of proxies.entries()) {
    station?.settle();
    backends?.sweep();
    columns.set(counts, i * PROXY_COUNTS_LENGTH);
  }
  return columns;
}

/** null where there are none. */
export function proxiesRecord({ stages, replicas }: Parts): ProxiesRecord | null {
  if (stages === null) return null;
  const proxies = replicas.filter(({ proxy }) => proxy !== null);
  let [opened, closed, broken, open] = [0, 0, 0, 0];
  for (const { proxy } of proxies) {
    const { counts, backends } = proxy!;
    opened += counts[ProxyCount.Opened];
    closed += counts[ProxyCount.Idled] + counts[ProxyCount.Spent] + counts[ProxyCount.Left];
    broken += counts[ProxyCount.Broken];
    open += backends?.openNow ?? 0;
  }
  return {
    resumes: proxies.some(({ proxy }) => proxy!.resumptions !== null),
    replicas: proxies.map(({ balancer, label }) => ({ balancer: balancer.node.id, label })),
    connections: { opened, closed, broken, open },
    forwards: proxies.some(({ proxy }) => proxy!.forwarding !== null),
    caches: proxies.some(({ proxy }) => proxy!.cache !== null),
  };
}
