/** What a run leaves behind, read off the world. */
import type { LayerRecord, RunRecord, SessionsRecord } from "../statistics/run-record.ts";
import type { Machines } from "../world/machines.ts";
import { RequestState } from "../world/requests.ts";
import { SessionCount, type Sessions } from "../world/sessions.ts";
import { nodeRecords } from "./node-records.ts";
import type { Parts } from "./parts.ts";
import { proxiesRecord } from "./proxies-record.ts";

/** Of a run so far, up to the end of its last slice. O(nodes + requests). */
export function recordOf(parts: Parts): Omit<RunRecord, "seed" | "events" | "connections"> {
  const { scenario, recorder, requests, queue } = parts;
  let givenUp = 0;
  for (const { state, abandoned } of requests.all) {
    if (state !== RequestState.Free && abandoned) givenUp++;
  }
  return {
    fingerprint: parts.fingerprint.toString(),
    endMs: queue.nowMs,
    warmupMs: Math.min(scenario.warmupMs, queue.nowMs),
    regions: scenario.clients.map(({ name }) => name),
    classes: scenario.classes.map(({ name }) => name),
    nodes: nodeRecords(parts),
    slices: recorder.slices,
    changes: parts.changes,
    notices: parts.notices,
    bornTotal: recorder.bornTotal,
    outcomesTotal: [...recorder.outcomesTotal],
    inFlightAtEnd: requests.live - givenUp,
    tellsUsers: parts.lastMachineOf.length > 0,
    frontDoor: scenario.root.frontDoor?.kind ?? null,
    proxies: proxiesRecord(parts),
    sessions: parts.sessions === null ? null : sessionsRecord(parts.machines, parts.sessions),
    layers: layerRecords(parts),
  };
}

/** Of each balancer where clients have connections. */
function layerRecords({ balancers, scenario }: Parts): LayerRecord[] {
  const isPinned = scenario.clients.every(({ connections }) => connections?.websocket === true);
  return balancers.flatMap((balancer) => {
    if (balancer?.spec.layer === undefined) return [];
    const { node, spec, replicas } = balancer;
    const decides = spec.layer !== 7 || isPinned ? "connection" : "request";
    return [{ node: node.id, layer: spec.layer!, decides, replicas }];
  });
}

function sessionsRecord({ all }: Machines, sessions: Sessions): SessionsRecord {
  let opened = 0;
  let lost = 0;
  for (const machine of all) {
    opened += machine.account.sessions[SessionCount.Opened];
    lost += machine.account.sessions[SessionCount.Lost];
  }
  return { opened, lost, held: sessions.held() };
}
