import { it } from "vitest";
import { problemsOf, smallest } from "./helpers.ts";
const N = 1_000_000;
const cases: Record<string, string> = {
  places: smallest("places:\n" + Array.from({ length: 15_000 }, (_, i) => `  a${i}: { latitude: 1, longitude: 2 }\n`).join("")),
  events: smallest("events:\n" + "  - { at: 1s, fail: web/1, for: 1s }\n".repeat(20_000)),
  badevents: smallest("events:\n" + "  - { at: 1s, fial: web/1, for: 1s }\n".repeat(20_000)),

  starevents: smallest("events:\n" + "  - { at: 1s, fail: web/*, for: 1s }\n".repeat(20_000)).replace("machines: 4", "machines: 100000"),
  expect: smallest("expect:\n" + "  - { metric: p99, of: web, below: 1s }\n".repeat(20_000)),
  compare: smallest("compare:\n  web.strategy: [" + "random, maglev, ".repeat(40_000) + "]\n"),
  classes: smallest().replace("{ demand: 5ms }", "{ demand: 5ms, classes: {" + Array.from({ length: 40_000 }, (_, i) => `a${i}: {}`).join(", ") + "} }"),
};
it("perf", { timeout: 1000000 }, () => {
  for (const [name, text] of Object.entries(cases)) {
    const t = performance.now();
    let r: string[] = [];
    try { r = problemsOf(text); } catch (e) { r = ["THROWN " + String(e)]; }
    const ms = performance.now() - t;
    process.stderr.write(`${name} ${text.length} ${ms.toFixed(0)}ms ${r.length} ${r[0]?.slice(0, 150)}\n`);
  }
});
