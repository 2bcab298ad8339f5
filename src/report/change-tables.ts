/** What changed in a run, what it moved, what users felt of it, and how long until it was over. */
import { changesInWords } from "../statistics/change-words.ts";
import type { EpisodeSummary, FailoverSummary, RunSummary } from "../statistics/run-summary.ts";
import { clock } from "./numbers.ts";
import type { Column, Row, Table, Value } from "./report-model.ts";
import { MOST_ROWS } from "./run-tables.ts";

const NEVER_LEFT = "at once";
const NOT_SEEN = "not seen";
/** Kinds of change that one episode tells; a fault seldom has more. */
const MOST_KINDS = 4;
/** The least is what even shares before and after would need; a real layout is not even. */
export const LEAST_NOTE =
  "Least possible: for even shares; a small layout may happen to move less.";

const ALARMS_NOTE = "False alarms: targets believed down although they were up.";

const CHANGE_COLUMNS: readonly Column[] = [
  { head: "at", unit: "text" },
  { head: "change", unit: "text" },
  { head: "keys moved", unit: "share", group: "keys" },
  { head: "least possible", unit: "share", group: "keys" },
  { head: "miss rate before", unit: "share", group: "misses" },
  { head: "just after", unit: "share", group: "misses" },
  { head: "long after", unit: "share", group: "misses" },
  { head: "hits before", unit: "share", group: "responses" },
  { head: "just after", unit: "share", group: "responses" },
  { head: "long after", unit: "share", group: "responses" },
  { head: "p99 before", unit: "ms", group: "p99", scale: "p99" },
  { head: "just after", unit: "ms", group: "p99", scale: "p99" },
  { head: "long after", unit: "ms", group: "p99", scale: "p99" },
  { head: "back after", unit: "text", group: "p99" },
  { head: "remap misses", unit: "count", group: "set off" },
  { head: "origin before", unit: "rate", group: "set off" },
  { head: "just after", unit: "rate", group: "set off" },
  { head: "false alarms", unit: "count" },
];

const columnOf = (wanted: string): number =>
  CHANGE_COLUMNS.findIndex(({ head }) => head === wanted);
const LEAST = columnOf("least possible");
const BACK = columnOf("back after");
const ALARMS = columnOf("false alarms");

/** One row an episode: changes less than a window apart. */
export function changeTable({ episodes }: RunSummary): Table {
  const rows = episodes.map((episode): Row => {
    const misses = episode.effects["miss-rate"];
    const { p99 } = episode.effects;
    const hits = episode.effects["response-hit-rate"];
    return {
      cells: [
        clock(episode.startMs ?? NaN),
        whatOf(episode),
        episode.keysMoved,
        episode.keysMovedLeast,
        misses?.before ?? null,
        misses?.justAfter ?? null,
        misses?.longAfter ?? null,
        hits?.before ?? null,
        hits?.justAfter ?? null,
        hits?.longAfter ?? null,
        p99?.before ?? null,
        p99?.justAfter ?? null,
        p99?.longAfter ?? null,
        p99 === undefined || p99.before === null ? null : back(p99.backAfterMs),
        episode.remapMisses,
        episode.effects["origin-rate"]?.before ?? null,
        episode.effects["origin-rate"]?.justAfter ?? null,
        episode.falseAlarms === 0 ? null : episode.falseAlarms,
      ],
    };
  });
  return {
    title: episodes.some(purges) ? "Changes of pools, and purges" : "Changes of the pools",
    columns: CHANGE_COLUMNS.map((column, index) => namedByItself(column, index, rows)),
    rows: rows.slice(0, MOST_ROWS),
    notes: [
      ...(rows.length > MOST_ROWS ? [`${rows.length - MOST_ROWS} more are in summary.json.`] : []),
      ...(rows.some(({ cells }) => cells[BACK] !== null)
        ? ["Back after: when p99 stays within its band of before."]
        : []),
      ...(rows.some(({ cells }) => cells[LEAST] !== null) ? [LEAST_NOTE] : []),
      ...(rows.some(({ cells }) => cells[ALARMS] !== null) ? [ALARMS_NOTE] : []),
      ...(episodes.some(movesOften) ? ["Keys moved: summed over a pool's changes."] : []),
    ],
  };
}

/**
 * "Just after" is read beside "before", which is left out where no row has it: what changes as the
 * warm-up ends.
 */
function namedByItself(column: Column, index: number, rows: readonly Row[]): Column {
  const before = index - 1;
  const missing = rows.every(({ cells }) => cells[before] === null);
  if (column.head !== "just after" || !missing) return column;
  return { ...column, head: CHANGE_COLUMNS[before].head.replace("before", column.head) };
}

const purges = ({ changes }: EpisodeSummary): boolean =>
  changes.some(({ purged }) => purged === true);

const movesOften = ({ changes }: EpisodeSummary): boolean =>
  changes.filter(({ disruption }) => (disruption?.moved ?? 0) > 0).length > 1;

const back = (ms: number | null): string =>
  ms === null ? NOT_SEEN : ms === 0 ? NEVER_LEFT : clock(ms);

function whatOf({ changes }: EpisodeSummary): string {
  const said = changesInWords(changes);
  const more = said.length - MOST_KINDS;
  return `${said.slice(0, MOST_KINDS).join("; ")}${more > 0 ? `; ${more} more` : ""}`;
}

const FAILOVER_COLUMNS: readonly Column[] = [
  { head: "at", unit: "text" },
  { head: "fault", unit: "text" },
  { head: "lasted", unit: "text" },
  { head: "first noticed after", unit: "text", group: "belief" },
  { head: "by all after", unit: "text", group: "belief" },
  { head: "errors back after", unit: "text", group: "recovery" },
  { head: "p99 back after", unit: "text", group: "recovery" },
];

/** Fault → detection → propagation → recovery; all times from the fault on. */
export function failoverTable({ failovers }: RunSummary): Table {
  const rows = failovers.map((failover): Row => {
    const { detectionMs, propagationMs } = failover;
    const known =
      detectionMs === null || propagationMs === null ? null : detectionMs + propagationMs;
    const cells: Value[] = [
      clock(failover.atMs ?? NaN),
      faultOf(failover),
      failover.lastedMs === null ? "to the end" : clock(failover.lastedMs),
      detectionMs === null ? NOT_SEEN : clock(detectionMs),
      known === null ? NOT_SEEN : clock(known),
      back(failover.errorRateBackMs),
      back(failover.p99BackMs),
    ];
    return { cells };
  });
  return {
    title: "Faults, and when they were noticed and over",
    columns: FAILOVER_COLUMNS,
    rows: rows.slice(0, MOST_ROWS),
    notes: rows.length > MOST_ROWS ? [`${rows.length - MOST_ROWS} more are in summary.json.`] : [],
  };
}

function faultOf({ what, nodes, detail }: FailoverSummary): string {
  const who = nodes.length > 2 ? `${nodes[0]} and ${nodes.length - 1} more` : nodes.join(", ");
  return [who, what, detail === "" ? "" : `(${detail})`].filter((word) => word !== "").join(" ");
}
