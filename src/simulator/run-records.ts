/** Parts of what a run leaves behind, read off the world at its end. */
import type { LayerRecord, SessionsRecord } from "../statistics/run-record.ts";
import type { Machines } from "../world/machines.ts";
import { SessionCount, type Sessions } from "../world/sessions.ts";
import type { Parts } from "./parts.ts";

/** Of each balancer where clients have connections. */
export function layerRecords({ balancers, scenario }: Parts): LayerRecord[] {
  const isPinned = scenario.clients.every(({ connections }) => connections?.websocket === true);
  return balancers.flatMap((balancer) => {
    if (balancer?.spec.layer === undefined) return [];
    const { node, spec, replicas } = balancer;
    const decides = spec.layer !== 7 || isPinned ? "connection" : "request";
    return [{ node: node.id, layer: spec.layer!, decides, replicas }];
  });
}

export function sessionsRecord({ all }: Machines, sessions: Sessions): SessionsRecord {
  let opened = 0;
  let lost = 0;
  for (const machine of all) {
    opened += machine.account.sessions[SessionCount.Opened];
    lost += machine.account.sessions[SessionCount.Lost];
  }
  return { opened, lost, held: sessions.held() };
}
