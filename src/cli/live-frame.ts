/**
 * A run under way as lines of text: the last window's figures, their courses, how busy machines
 * are.
 */
import { fitted } from "../report/display-width.ts";
import { clock, humanise } from "../report/numbers.ts";
import { bar, sparkline } from "../report/sparkline.ts";
import type { SummarySettings } from "../statistics/run-summary.ts";
import { metricValues } from "../statistics/run-summary.ts";
import type { MetricValues } from "../statistics/run-summary.ts";
import { metricNamed } from "../statistics/metrics/registry.ts";
import type { RunRecord } from "../statistics/run-record.ts";
import { EVERYTHING, ofNode, treeOf } from "../statistics/selection.ts";
import { spanOf } from "../statistics/tally.ts";
import { harmless } from "./style.ts";

const MISSES = ["remap", "capacity", "compulsory", "scatter", "expiry", "restart"] as const;
const WATCHED = [
  "rate",
  "p50",
  "p99",
  "availability",
  "miss-rate",
  "utilization",
  ...MISSES.map((name) => `${name}-misses`),
].flatMap((name) => metricNamed(name) ?? []);
const UTILIZATION = WATCHED.filter(({ name }) => name === "utilization");

/** Balancers that have a line of their own, and columns of their machines' blocks. */
const MOST_BALANCERS = 10;
const MACHINE_COLUMNS = 24;
const BAR_COLUMNS = 20;
const COURSE_COLUMNS = 32;

interface BalancerLine {
  readonly name: string;
  readonly depth: number;
  readonly utilization: number | null;
  /** Of its own machines, in order of joining; empty for those with none. */
  readonly machines: readonly (number | null)[];
}

/** Gathers a run's windows as they are closed. */
export class Course {
  /** By closed window. */
  private readonly windows: MetricValues[] = [];
  private balancers: readonly BalancerLine[] = [];
  private nowMs = 0;

  constructor(private readonly settings: SummarySettings) {}

  /** Takes the windows that have been closed since the last time. O(new windows × nodes). */
  take(record: RunRecord, nowMs: number): void {
    const { windowMs } = this.settings;
    this.nowMs = nowMs;
    const endMs = record.slices.at(-1)?.endMs ?? 0;
    for (;;) {
      const fromMs = this.windows.length * windowMs;
      const toMs = (this.windows.length + 1) * windowMs;
      if (toMs > endMs) return;
      const span = spanOf(record, fromMs, toMs);
      this.windows.push(metricValues(span, EVERYTHING, this.settings, WATCHED));
      const isLast = toMs + windowMs > endMs;
      if (!isLast) continue;
      const busy = (id: number): number | null =>
        metricValues(span, ofNode(id), this.settings, UTILIZATION)["utilization"] ?? null;
      const tree = treeOf(record.nodes);
      this.balancers = record.nodes
        .filter(({ kind }) => kind === "balancer")
        .slice(0, MOST_BALANCERS)
        .map(({ id, name, tier }) => {
          const own = tree.machines[id].filter(({ parent }) => parent === id);
          const machines = own.map((machine) => busy(machine.id));
          return { name, depth: tier, utilization: busy(id), machines };
        });
    }
  }

  /** One line, for where lines cannot be drawn anew. */
  sentence(part: number): string {
    const now = this.windows.at(-1);
    const percent = `${Math.floor(part * 100)} %`;
    if (now === undefined) return `${harmless(this.settings.name)} ${percent}`;
    const said = [
      say(now, "rate"),
      `p99 ${say(now, "p99")}`,
      `errors ${errors(now)}`,
      ...(now["miss-rate"] == null ? [] : [`misses ${say(now, "miss-rate")}`]),
      `utilization ${say(now, "utilization")}`,
    ];
    return `${harmless(this.settings.name)} ${percent}: ${said.join(", ")}`;
  }

  /** As many lines as there is to tell, none wider than `width`. */
  lines(part: number, width: number): string[] {
    const now = this.windows.at(-1);
    const percent = `${Math.floor(part * 100)} %`.padStart(7);
    const name = fitted(harmless(this.settings.name), 24);
    const at = clock(Math.floor(this.nowMs / 1_000) * 1_000);
    const lines = [`${name}  ${bar(part, BAR_COLUMNS)}${percent}  ${at} simulated`];
    if (now !== undefined) {
      lines.push(
        ...this.figure("rate", "rate", say(now, "rate")),
        ...this.figure("p99", "p99", `${say(now, "p99")}  (p50 ${say(now, "p50")})`),
        ...this.figure("errors", "availability", errors(now)),
        ...this.figure("misses", "miss-rate", say(now, "miss-rate")),
        ...missLine(now),
        ...this.balancers.map(balancerLine),
      );
    }
    return lines.map((line) => fitted(line, width));
  }

  /** Nothing where the run has no such figure at all. */
  private figure(label: string, metric: string, text: string): string[] {
    const course = this.windows.map((values) => values[metric] ?? null);
    if (course.every((value) => value === null)) return [];
    const shown =
      metric === "availability"
        ? course.map((value) => (value === null ? null : 1 - value))
        : course;
    const most = shown.reduce<number>((greatest, value) => Math.max(greatest, value ?? 0), 0);
    const picture = sparkline(shown, COURSE_COLUMNS, most);
    return [`${label.padEnd(8)}${text.padEnd(28)}${picture}`];
  }
}

function say(values: MetricValues, metric: string): string {
  return humanise(values[metric] ?? null, metricNamed(metric)?.unit ?? "ratio");
}

function errors({ availability }: MetricValues): string {
  return humanise(availability == null ? null : 1 - availability, "share");
}

/** The classes that occur, the greatest first. */
function missLine(values: MetricValues): string[] {
  const met = MISSES.map((name) => ({ name, share: values[`${name}-misses`] ?? 0 }))
    .filter(({ share }) => share > 0)
    .toSorted((a, b) => b.share - a.share);
  if (met.length === 0) return [];
  const said = met.map(({ name, share }) => `${name} ${humanise(share, "share")}`);
  return [`${" ".repeat(8)}${said.join(", ")}`];
}

function balancerLine({ name, depth, utilization, machines }: BalancerLine): string {
  const label = fitted(`${"  ".repeat(depth)}${harmless(name)}`, 18).padEnd(18);
  const share = humanise(utilization, "share").padStart(8);
  const blocks = sparkline(machines, MACHINE_COLUMNS, 1);
  return `${label}${bar(utilization ?? 0, BAR_COLUMNS)}${share}  ${blocks}`.trimEnd();
}
