/** What stands on the stage, in words: for the inspector and for those who hear the page. */
import { humanise } from "../../report/numbers.ts";
import type { Frame, NodeFacts, Opened } from "./engine/protocol.ts";
import { NODE_STATES } from "./engine/protocol.ts";
import type { Selection } from "./page.ts";

/** `fra/3` rather than `global/fra/3`: the root is in every path. */
export function shortPath(path: string): string {
  const slash = path.indexOf("/");
  return slash < 0 ? path : path.slice(slash + 1);
}

export const share = (value: number): string => humanise(value, "share");
/** NaN: a dash. */
export const figure = (value: number | null | undefined, unit: "ms" | "rate" | "count"): string =>
  humanise(value ?? null, unit);

/** What the balancers above believe, where it differs from what is. */
function disbelief(up: boolean, believedUp: number): string {
  if (up && believedUp < 1)
    return `, but ${share(1 - believedUp)} of its balancer believes it down`;
  if (!up && believedUp > 0) return `, but ${share(believedUp)} of its balancer believes it up`;
  return "";
}

interface Where {
  readonly opened: Opened;
  readonly trees: readonly (readonly NodeFacts[])[];
  readonly frame: Frame | null;
}

/** One sentence: what is selected and how it is. */
export function sentenceOf({ lane, kind, id }: Selection, { opened, trees, frame }: Where): string {
  const where = opened.lanes.length > 1 ? `, lane ${opened.lanes[lane].label}` : "";
  if (kind === "region") {
    const region = opened.regions[id];
    const rate = region.ratePerS === null ? "" : `, ${figure(region.ratePerS, "rate")} on average`;
    return `Region ${region.name}${where}: ${figure(region.users, "count")} users${rate}.`;
  }
  const node = trees[lane][id];
  const columns = frame?.lanes[lane]?.columns;
  const head = `${node.kind === "machine" ? "Machine" : "Balancer"} ${shortPath(node.path)}${where}`;
  if (columns === undefined || id >= columns.state.length) return `${head}.`;
  const state = NODE_STATES[columns.state[id]];
  const parts = [`${state}${disbelief(state === "up", columns.believedUp[id])}`];
  if (node.strategyWords !== null) parts.push(`strategy ${node.strategyWords}`);
  if (node.kind === "machine") parts.push(`${columns.running[id]} of ${node.cores} cores busy`);
  parts.push(`${columns.queued[id]} waiting`);
  if (!Number.isNaN(columns.hitRate[id])) parts.push(`hit rate ${share(columns.hitRate[id])}`);
  if (columns.sessions[id] > 0) parts.push(`${columns.sessions[id]} sessions`);
  return `${head}: ${parts.join(", ")}.`;
}
