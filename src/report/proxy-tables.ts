/** The tables of what balancers did beside picking. */
import type { RunSummary } from "../statistics/run-summary.ts";
import type { Table } from "./report-model.ts";
import { cellsOf, column } from "./run-tables.ts";

const WORK = [
  column("balancer-packets", "count", "packets", "work"),
  column("balancer-handshakes", "count", "handshakes", "work"),
  column("balancer-utilization", "share", "utilized", "work"),
  { ...column("balancer-wait", "ms", "wait", "work"), scale: "wait" },
];
const CACHE = [
  column("response-hit-rate", "share", "hits", "responses"),
  column("response-coalesced", "share", "coalesced", "responses"),
  column("offload", "share", "offload", "responses"),
];
const CONNECTIONS = [
  column("backend-opened", "count", "opened", "connections"),
  column("backend-reuse", "share", "reused", "connections"),
  column("backend-resumed", "share", "TLS resumed", "connections"),
  column("backend-connections", "count", "open", "connections"),
  column("backend-busy", "count", "in use", "connections"),
  { ...column("backend-wait", "ms", "wait", "connections"), scale: "wait" },
  column("backend-overflow", "share", "overflow", "connections"),
];

/** One row a balancer that does more than pick, without what is beneath it. */
export function proxyTable({ balancers }: RunSummary): Table {
  const columns = [...WORK, ...CACHE, ...CONNECTIONS];
  const rows = balancers
    .map(({ path, metrics }) => ({ cells: [path, ...cellsOf(metrics, columns)] }))
    .filter(({ cells }) => cells.slice(1).some((cell) => cell !== null));
  return {
    title: "Balancers' own work, response caches, connections to targets",
    columns: [{ head: "balancer", unit: "text" }, ...columns],
    rows,
    notes: [],
  };
}
