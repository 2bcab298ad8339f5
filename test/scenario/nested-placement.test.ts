/** A placement structure as a setting of a strategy: `{ bounded-load: { placement: … } }`. */
import { describe, expect, it } from "vitest";
import { formatChosen } from "../../src/scenario/words.ts";
import { SMALL_CLIENTS, SMALL_HEAD, SMALL_REQUESTS, problemsOf, scenarioOf } from "./helpers.ts";

const scenario = (strategy: string): string =>
  `${SMALL_HEAD}${SMALL_CLIENTS}${SMALL_REQUESTS}balancer: { name: web, strategy: ${strategy}, targets: [{ machines: 4 }] }\n`;
const chosen = (strategy: string) => {
  const { root } = scenarioOf(scenario(strategy));
  if (!("strategy" in root)) throw new Error("the root is a balancer");
  return root.strategy;
};
const settings = { factor: 1.25, rule: "haproxy" };

describe("a nested placement", () => {
  it("is the default one with all its defaults where none is written", () => {
    const ring = { kind: "ring-hash", settings: { nodes: 100, hash: "mix" } };
    expect(chosen("bounded-load")).toEqual({
      kind: "bounded-load",
      settings: { placement: ring, ...settings },
    });
  });

  it.each([
    "{ bounded-load: maglev }",
    "{ bounded-load: { maglev: 65_537 } }",
    "{ bounded-load: { placement: maglev } }",
    "{ bounded-load: { placement: { maglev: { table: 65_537 } } } }",
  ])("may be written as any choice: %s", (text) => {
    const placement = { kind: "maglev", settings: { table: 65_537 } };
    expect(chosen(text).settings).toEqual({ placement, ...settings });
  });

  it("is put in words with its own settings", () => {
    const text = formatChosen(
      chosen("{ replicated: { placement: { multi-probe: 5 }, replicas: 3 } }"),
      "strategies",
      "number",
    );
    expect(text).toContain("multi-probe (probes 5)");
    expect(text).toContain("replicas 3");
  });

  it("tells what is wrong with it", () => {
    expect(problemsOf(scenario("{ bounded-load: magleb }")).join()).toMatch(/magleb.*maglev/s);
    expect(problemsOf(scenario("{ bounded-load: { maglev: 100 } }")).join()).toContain("prime");
    // What the pool's size makes wrong.
    expect(problemsOf(scenario("{ bounded-load: { maglev: 3 } }")).join()).toContain("4 targets");
    expect(problemsOf(scenario("{ replicated: { anchor: 4 } }")).join()).toContain("no room");
    expect(problemsOf(scenario("{ replicated: { replicas: 30 } }"))).toEqual([
      expect.stringContaining("30 replicas are too many for 4 targets: take at most 4"),
    ]);
    expect(problemsOf(scenario("{ bounded-load: { factor: 0.5 } }")).join()).toContain("factor");
  });
});
