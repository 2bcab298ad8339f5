import { describe, expect, it } from "vitest";

import { printReport } from "../../src/cli/print-report.ts";
import type { Report } from "../../src/report/report-model.ts";

const report: Report = {
  title: "flagship",
  words: [{ label: "question", text: "Which strategy loses least of the cache when one joins?" }],
  verdicts: [
    { passed: false, text: "p99 below 100 ms: 120 ms" },
    { passed: true, text: "miss rate below 20 %: 12.0 %" },
  ],
  facts: [{ label: "requests", text: "1.2 M" }],
  tables: [
    {
      title: "Datacenters",
      columns: [
        { head: "node", unit: "text" },
        { head: "p99", unit: "ms" },
        { head: "availability", unit: "share" },
      ],
      rows: [
        { cells: ["東京", 12.34, 1], best: [2] },
        { cells: ["fra\u001B[31m", 250.1, 0.9], depth: 1 },
      ],
      notes: ["A note."],
    },
  ],
  notes: ["partial"],
  footer: [{ label: "seed", text: "7" }],
};

describe("a report as text", () => {
  it("tells failures first, aligns wide names, and ends with what repeats it", () => {
    expect(printReport(report, { width: 80, colours: false })).toBe(
      [
        "flagship",
        "question  Which strategy loses least of the cache when one joins?",
        "",
        "✗ p99 below 100 ms: 120 ms",
        "✓ miss rate below 20 %: 12.0 %",
        "",
        "requests  1.2 M",
        "",
        "Datacenters",
        "             p99  availability",
        "node          ms             %",
        "─────────  ─────  ─────────────",
        "東京        12.3         100.0*",
        "  fra[31m  250.1          90.0",
        "A note.",
        "",
        "partial",
        "",
        "seed  7",
        "",
      ].join("\n"),
    );
  });

  it("has colours only when asked, and lets no control sequence of a name through", () => {
    const plain = printReport(report, { width: 80, colours: false });
    // oxlint-disable-next-line no-control-regex
    expect(plain).not.toMatch(/\u001B/);
    const coloured = printReport(report, { width: 80, colours: true });
    expect(coloured).toContain("\u001B[31m✗\u001B[39m");
    // Only the sequences of our own styles: bold, dim, green, red and their ends.
    // oxlint-disable-next-line no-control-regex
    expect(coloured.replace(/\u001B\[(1|2|22|31|32|39)m/g, "")).toBe(plain);
  });

  it("stays within 40 columns, its tables' titles too", () => {
    const [table] = report.tables;
    const title = "Differences to at=site connections={ requests: 4 }, with 95 % intervals";
    const tables = [{ ...table, title }];
    const text = printReport({ ...report, tables }, { width: 40, colours: false });
    const lines = text.split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
    expect(text.replace(/\s+/g, " ")).toContain(title);
  });
});
