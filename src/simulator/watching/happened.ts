/** What an event of the engine meant, in a few words. */
import { unreachable } from "../../assert.ts";
import { EventKind } from "../../engine/event-kind.ts";
import type { Parts } from "../parts.ts";

export function happened(parts: Parts, kind: EventKind, ref: number): string {
  switch (kind) {
    case EventKind.Agenda:
      return "an event of the scenario begins or ends";
    case EventKind.Completion:
    case EventKind.SharedCompletion:
      return "a machine finishes a request";
    case EventKind.OriginServed:
      return "the origin finishes a fetch";
    case EventKind.Fetched:
      return "a fetch is over";
    case EventKind.OriginAnswered:
      return "the origin's answer is back";
    case EventKind.OriginReached:
      return "a fetch reaches the origin";
    case EventKind.Travel:
      return "a request or an answer arrives";
    case EventKind.Timeout:
      return "deadlines are looked at";
    case EventKind.Cancel:
      return "a cancellation reaches a machine";
    case EventKind.SlowStart:
      return "weights of targets that start slowly rise";
    case EventKind.Probe:
      return `a probe sets out from ${balancerOf(parts, ref)}`;
    case EventKind.ProbeMessage:
      return "a probe arrives, or its answer";
    case EventKind.Report:
      return "a target reports its utilization";
    case EventKind.ReportMessage:
      return "a report arrives";
    case EventKind.Arrival:
      return `a request is born in ${parts.scenario.clients[ref].name}`;
    default:
      return unreachable(kind);
  }
}

/** Probers are numbered like the replicas that probe. */
function balancerOf({ replicas }: Parts, prober: number): string {
  const probing = replicas.filter(({ balancer }) => balancer.spec.health !== null);
  return probing[prober].balancer.node.name;
}
