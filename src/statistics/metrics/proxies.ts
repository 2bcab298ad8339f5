/**
 * What balancers did beside picking: work of their own, connections to their targets, response
 * caches. Only runs in which some balancer does have these figures.
 */
import { PROXY_COUNTS, type ProxyCountName } from "../run-record.ts";
import type { Tally } from "../tally.ts";
import { ratio } from "./metric.ts";
import type { MetricDefinition } from "./metric.ts";

type Sum = (name: ProxyCountName) => number;

/**
 * A figure made from sums over all balancers, or of one alone: what is beneath it does other things
 * at its own place. Regions and classes have none.
 */
const of =
  (figure: (sum: Sum, spanMs: number, isOne: boolean) => number): MetricDefinition["of"] =>
  ({ span, selection }: Tally) => {
    const { proxies } = span.record;
    if (proxies === null || selection.kind === "region" || selection.kind === "class") return NaN;
    const chosen = proxies.replicas.flatMap(({ balancer }, i) =>
      selection.kind === "all" || balancer === selection.id ? [i] : [],
    );
    const sum = (name: ProxyCountName): number => {
      const at = PROXY_COUNTS.indexOf(name);
      let total = 0;
      for (const i of chosen) total += span.proxies[i * PROXY_COUNTS.length + at] ?? 0;
      return total;
    };
    return figure(sum, span.toMs - span.fromMs, selection.kind === "node");
  };

const common = { needs: "proxies", machines: false } as const;

/** NaN instead of none: where nothing of the kind is there to be counted. */
const some = (count: number): number => (count > 0 ? count : NaN);
const lookUps = (sum: Sum): number => sum("hits") + sum("coalesced") + sum("misses");
/** NaN where nothing is ever sent on a connection. */
const sentOn = (sum: Sum): number => sum("opened") + sum("reused");

const balancerUtilization: MetricDefinition = {
  ...common,
  name: "balancer-utilization",
  unit: "share",
  summary: "part of the time of the balancers' own cores that they were busy",
  formula: "busy core time / (cores × time), of replicas that have work",
  better: "lower",
  of: of((sum) => ratio(sum("busy-ms"), sum("core-ms"))),
};

const balancerWait: MetricDefinition = {
  ...common,
  name: "balancer-wait",
  unit: "ms",
  summary: "mean time that a request waited for a core of a balancer",
  formula: "Σ wait / visits of the cores: one a request, at layer 4 one on each way",
  better: "lower",
  of: of((sum) => ratio(sum("wait-ms"), sum("worked"))),
};

const packets: MetricDefinition = {
  ...common,
  needs: "forwarding",
  name: "balancer-packets",
  unit: "count",
  summary: "packets that layer-4 balancers forwarded, where those are work",
  formula:
    "Σ ceil(bytes / segment), at least 1, of requests and of answers that pass, + 2 a round trip " +
    "of opening a connection (1 with direct return)",
  better: "lower",
  of: of((sum) => some(sum("packets"))),
};

const handshakes: MetricDefinition = {
  ...common,
  name: "balancer-handshakes",
  unit: "count",
  summary: "TLS handshakes that balancers made with who opened a connection to them",
  formula: "count, full and resumed",
  better: "lower",
  of: of((sum) => some(sum("full") + sum("resumed"))),
};

const hitRate: MetricDefinition = {
  ...common,
  needs: "responseCaches",
  name: "response-hit-rate",
  unit: "share",
  summary: "part of the look-ups in response caches that were answered from there",
  formula: "hits / (hits + misses + coalesced)",
  better: "higher",
  of: of((sum) => ratio(sum("hits"), lookUps(sum))),
};

const coalesced: MetricDefinition = {
  ...common,
  needs: "responseCaches",
  name: "response-coalesced",
  unit: "share",
  summary: "part of the look-ups that waited for the response to another request",
  formula: "coalesced / (hits + misses + coalesced)",
  better: null,
  of: of((sum) => ratio(sum("coalesced"), lookUps(sum))),
};

const offload: MetricDefinition = {
  ...common,
  needs: "responseCaches",
  name: "offload",
  unit: "share",
  summary: "part of the requests that came to a response cache which went no further than caches",
  formula:
    "(hits + coalesced) / requests whose first cache it was; of one balancer: / its own, whether " +
    "they may be stored or not",
  better: "higher",
  of: of((sum, _, isOne) => {
    const all = isOne ? lookUps(sum) + sum("passed") : sum("first");
    return ratio(sum("hits") + sum("coalesced"), all);
  }),
};

const opened: MetricDefinition = {
  ...common,
  name: "backend-opened",
  unit: "count",
  summary: "connections that balancers opened to their targets",
  formula: "count",
  better: "lower",
  of: of((sum) => (sentOn(sum) > 0 ? sum("opened") : NaN)),
};

const reuse: MetricDefinition = {
  ...common,
  name: "backend-reuse",
  unit: "share",
  summary: "part of the requests to targets that went on a connection which was there",
  formula: "reused / (reused + opened)",
  better: "higher",
  of: of((sum) => ratio(sum("reused"), sentOn(sum))),
};

const held: MetricDefinition = {
  ...common,
  name: "backend-connections",
  unit: "count",
  summary: "connections to targets that were open, on average",
  formula: "connections × time / time",
  better: "lower",
  of: of((sum, spanMs) => ratio(some(sum("open-ms")), spanMs)),
};

const busy: MetricDefinition = {
  ...common,
  name: "backend-busy",
  unit: "count",
  summary: "connections to targets with a request on them, on average",
  formula: "connections in use × time / time; Little: rate × time held where each carries one",
  better: null,
  of: of((sum, spanMs) => ratio(some(sum("held-ms")), spanMs)),
};

const dialing: MetricDefinition = {
  ...common,
  name: "backend-round-trips",
  unit: "count",
  summary: "round trips that were spent on opening connections to targets",
  formula:
    "Σ over connections: TCP 1 (RFC 9293 §3.5), TLS 1.3 1 more (RFC 8446 §2), TLS 1.2 2 more",
  better: "lower",
  of: of((sum) => (sentOn(sum) > 0 ? sum("dialed") : NaN)),
};

const resumed: MetricDefinition = {
  ...common,
  needs: "resumptions",
  name: "backend-resumed",
  unit: "share",
  summary: "part of the TLS handshakes with targets that resumed an earlier session with them",
  formula: "resumed / (full + resumed); none where no balancer resumes any",
  better: "higher",
  of: of((sum) => ratio(sum("backend-resumed"), sum("backend-full") + sum("backend-resumed"))),
};

const pending: MetricDefinition = {
  ...common,
  name: "backend-wait",
  unit: "ms",
  summary: "mean time that a request waited for a connection to its target, of all that needed one",
  formula: "Σ wait / (reused + opened)",
  better: "lower",
  of: of((sum) => ratio(sum("pended-ms"), sentOn(sum))),
};

const pendingOfSome: MetricDefinition = {
  ...common,
  name: "backend-pending-wait",
  unit: "ms",
  summary: "mean time that a request waited for a connection to its target, of those that had to",
  formula: "Σ wait / requests that found all connections in use and room in the line",
  better: "lower",
  of: of((sum) => ratio(sum("pended-ms"), sum("pended"))),
};

const overflow: MetricDefinition = {
  ...common,
  name: "backend-overflow",
  unit: "share",
  summary: "part of the requests to targets that found all connections in use and the line full",
  formula: "overflowed / (reused + opened + overflowed)",
  better: "lower",
  of: of((sum) => ratio(sum("overflowed"), sentOn(sum) + sum("overflowed"))),
};

export const proxyMetrics: readonly MetricDefinition[] = [
  balancerUtilization,
  balancerWait,
  packets,
  handshakes,
  hitRate,
  coalesced,
  offload,
  opened,
  reuse,
  held,
  busy,
  dialing,
  resumed,
  pending,
  pendingOfSome,
  overflow,
];
