/** What a followed request is at, in words. */
import { unreachable } from "../../assert.ts";
import { OUTCOMES } from "../../statistics/run-record.ts";
import { NONE } from "../../units.ts";
import { Stage } from "../../world/proxies/stages.ts";
import { OutcomeCode, type Request, RequestState } from "../../world/requests.ts";
import type { Parts } from "../parts.ts";
import type { DecidedBy } from "./decisions.ts";
import { haltsAt } from "./dots.ts";

/** Between a balancer and the target that is chosen. */
export const HOW: Readonly<Record<DecidedBy, string>> = {
  strategy: "picks",
  user: "keeps its user at",
  connection: "has its connection go to",
  address: "was asked before: its client has the address of",
  route: "has a rule that leads to",
};

/** Empty where there is nothing to tell. */
export function wordsOf(parts: Parts, request: Request): string {
  const { state, machine, outcome, depth, missed, index } = request;
  const { nodes } = parts.topology;
  const at = machine === null ? "" : nodes[machine.node].path;
  switch (state) {
    case RequestState.Fetching:
      return `waits at ${at} for what it needs, without a core`;
    case RequestState.Queued:
      return `waits in the queue of ${at}, ${machine!.queued} there`;
    case RequestState.Running:
      if (machine!.memory === null) return `is served by ${at}`;
      return `is served by ${at}, ${missed ? "after a cache miss" : "from its cache"}`;
    case RequestState.Returning:
      if (outcome !== OutcomeCode.Completed) return `is refused (${OUTCOMES[outcome]})`;
      return depth === 0 ? "" : "travels back";
    case RequestState.Hung:
      return "is lost: nobody will answer";
    case RequestState.Outbound:
      return "travels on";
    case RequestState.AtBalancer:
      return waitsFor(parts.stages!.stage[index], nodes[haltsAt(parts, request)].path);
    case RequestState.Dialing:
      return parts.passages!.connection[index] === NONE
        ? "waits for an address"
        : "waits for the handshake of its connection";
    case RequestState.Free:
      return "";
    default:
      return unreachable(state);
  }
}

function waitsFor(stage: Stage, at: string): string {
  switch (stage) {
    case Stage.Work:
      return `is worked on by ${at}, or waits for a core there`;
    case Stage.Forward:
      return `is forwarded by ${at} on its way back, or waits for a core there`;
    case Stage.Fetch:
      return `looks into the cache of ${at}: another fetches that, and it waits`;
    case Stage.Pending:
      return `waits at ${at} for a connection to its target`;
    case Stage.Dial:
      return `waits at ${at} for the handshake with its target`;
    default:
      return "";
  }
}
