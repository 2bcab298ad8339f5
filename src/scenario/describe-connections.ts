/** Clients' connections and the layers of balancers in plain sentences. */
import type { BalancerSpec, ConnectionsSpec, MachinesSpec, Scenario } from "./scenario.ts";
import { countOf, formatChosen, formatNumber, formatShare } from "./words.ts";
import { formatDuration } from "./units.ts";

/** `http/1.1 connections with TLS 1.3, 50% resumed, …` */
export function describeConnections(spec: ConnectionsSpec): string {
  const { protocol, requests, idleMs, lifetime, tls, resume, earlyData, websocket } = spec;
  const parts = [`${protocol} connections ${tls === "none" ? "without TLS" : `with TLS ${tls}`}`];
  if (resume > 0) {
    parts.push(`${formatShare(resume)} of them resumed${earlyData ? " with early data" : ""}`);
  }
  if (requests !== null) parts.push(`${countOf(requests, "request")} each at most`);
  if (lifetime !== null) {
    parts.push(`closed at an age of ${formatChosen(lifetime, "distributions", "duration")}`);
  }
  parts.push(idleMs === null ? "kept however idle" : `closed after ${formatDuration(idleMs)} idle`);
  if (websocket) parts.push("upgraded: each stays with one machine");
  return parts.join(", ");
}

/**
 * What a balancer decides once, and what its counts in flight mean; nothing without connections.
 */
export function describeLayer(
  { layer, layer4, path }: BalancerSpec,
  { clients, root }: Pick<Scenario, "clients" | "root">,
): string[] {
  if (layer === undefined) return [];
  if (layer === 7 && clients.every(({ connections }) => connections?.websocket === true)) {
    return [
      "layer 7: ends connections; each stays with its target, in flight means open connections",
    ];
  }
  if (layer === 7) return ["layer 7: decides once a request, in flight means active requests"];
  if (layer === "door") {
    return ["decided once a connection, by its client; in flight means open connections"];
  }
  const dialer = dialerOf(path, root);
  const [ofWhom, its] = dialer === null ? ["", ""] : [` of ${dialer}'s own`, "its "];
  const parts = [
    `layer 4: decides once a connection${ofWhom}, in flight means open connections, hash strategies ` +
      `hash ${its}address and port (the address alone with affinity address)`,
  ];
  const { spread, nat, directReturn } = layer4!;
  const how = formatChosen(spread, "placements", "number");
  parts.push(`routers spread connections over its replicas by ${how}`);
  if (nat !== null) {
    const { size, idleMs, whenFull, shared } = nat;
    const idle = idleMs === null ? "" : `, forgotten after ${formatDuration(idleMs)} idle`;
    const full = whenFull === "refuse" ? "refuses new ones" : "pushes out the one used longest ago";
    const whose = shared ? "one table of all replicas" : "a table of each replica";
    parts.push(`${whose} for ${formatNumber(size)} connections${idle}, which when full ${full}`);
  }
  if (directReturn) parts.push(`responses go straight to ${dialer ?? "the client"}`);
  return parts;
}

/** Who opens the connections that come to a balancer of layer 4; null: clients do. */
function dialerOf(path: string, root: BalancerSpec): string | null {
  let dialer: string | null = null;
  for (let at: BalancerSpec | undefined = root; at !== undefined && at.path !== path;) {
    if (at.layer === 7) dialer = at.path;
    at = at.targets.find(
      (target): target is BalancerSpec =>
        target.kind === "balancer" && `${path}/`.startsWith(`${target.path}/`),
    );
  }
  return dialer;
}

/** What TLS costs a machine where connections end at it. */
export function describeHandshakes({ handshakeMs, resumedMs }: MachinesSpec): string[] {
  if (handshakeMs === undefined && resumedMs === undefined) return [];
  const full = formatDuration(handshakeMs ?? 0);
  return [
    `a TLS handshake takes ${full} of core time, a resumed one ${formatDuration(resumedMs ?? 0)}`,
  ];
}
