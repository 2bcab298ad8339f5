/** The tree of balancers with its settings as a table. */
import type { BalancerSpec, MachinesSpec, Scenario } from "../../scenario/scenario.ts";
import { describeHandshakes, describeLayer } from "../../scenario/describe-connections.ts";
import { describeFrontDoor } from "../../scenario/describe-front.ts";
import { describeProxy } from "../../scenario/describe-proxies.ts";
import { formatDuration } from "../../scenario/units.ts";
import { countOf, formatChosen, formatNumber, formatShare } from "../../scenario/words.ts";
import type { Row, Table } from "../report-model.ts";
import { withoutEmptyColumns } from "../report-model.ts";

export function treeTable(scenario: Scenario): Table {
  const text = (head: string) => ({ head, unit: "text" as const });
  return withoutEmptyColumns({
    title: "Balancers and machines",
    columns: [
      text("node"),
      text("at"),
      text("strategy"),
      text("machines"),
      { head: "replicas", unit: "count" },
      { head: "weight", unit: "ratio" },
      text("health checks"),
      text("reports"),
      text("panic below"),
      text("persistence"),
      text("slow start"),
      text("layer"),
      text("beside picking"),
    ],
    rows: rowsOf(scenario.root, scenario, 0),
    notes: [],
  });
}

/** null where there are none. */
const sentences = (lines: readonly string[]): string | null =>
  lines.length === 0 ? null : lines.join("; ");

function rowsOf(spec: BalancerSpec, scenario: Scenario, depth: number): Row[] {
  const { name, place, strategy, replicas, weight, health, reportIntervalMs, panic } = spec;
  const { persistence, slowStart } = spec;
  const cells = [
    name,
    place === null ? "where each client is" : scenario.places[place].name,
    formatChosen(strategy, "strategies", "number"),
    null,
    replicas,
    weight,
    health === null
      ? null
      : `every ${formatDuration(health.intervalMs)}, timeout ${formatDuration(health.timeoutMs)}, ` +
        `up after ${health.rise}, down after ${health.fall}`,
    reportIntervalMs === null ? null : `every ${formatDuration(reportIntervalMs)}`,
    panic > 0 && health !== null ? formatShare(panic) : null,
    persistence === undefined ? null : formatChosen(persistence, "persistences", "number"),
    slowStart === undefined ? null : formatDuration(slowStart.windowMs),
    sentences([...describeFrontDoor(spec), ...describeLayer(spec, scenario)]),
    sentences(describeProxy(spec)),
  ];
  const beneath = spec.targets.flatMap((target) =>
    target.kind === "balancer"
      ? rowsOf(target, scenario, depth + 1)
      : [machinesRow(target, scenario, depth + 1)],
  );
  return [{ cells, depth }, ...beneath];
}

function machinesRow(spec: MachinesSpec, scenario: Scenario, depth: number): Row {
  const { first, count, place, weight, cores, speed, queueLimit, discipline, cache, warm } = spec;
  const last = first + count - 1;
  const room = queueLimit === null ? "any number" : formatNumber(queueLimit);
  const words = [
    `${countOf(count, "machine")} of ${countOf(cores, "core")}`,
    ...(speed === 1 ? [] : [`speed ${formatNumber(speed)}`]),
    `${discipline} queue of ${room}`,
    ...(cache === null
      ? []
      : [`${formatChosen(cache, "caches", "number")} cache, ${warm ? "warm" : "cold"}`]),
  ];
  words.push(...describeHandshakes(spec));
  const name = count === 1 ? String(first) : `${first} … ${last}`;
  const at = place === null ? null : scenario.places[place].name;
  return {
    cells: [
      name,
      at,
      null,
      words.join(", "),
      null,
      weight,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
    ],
    depth,
  };
}
