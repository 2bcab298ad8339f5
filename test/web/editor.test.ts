/** What the editor offers, explains and mends, without an editor. */
import { readdirSync, readFileSync } from "node:fs";
import { isScalar, parseDocument, visit } from "yaml";
import { describe, expect, it } from "vitest";
import { strategies } from "../../src/balancing/registry.ts";
import { distributions } from "../../src/random/registry.ts";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import { events } from "../../src/world/events.ts";
import { explanationAt, offersAt } from "../../src/web/playground/editor/help.ts";
import { fixesOf, spanAt } from "../../src/web/playground/editor/fixes.ts";
import type { ProblemFacts } from "../../src/web/playground/engine/protocol.ts";
import { loaderOf, smallest } from "../scenario/helpers.ts";

const HEAD = "seed: 1\nclients: { europe: {} }\nbalancer:\n  name: web\n  ";

/** The cursor is at ‸. */
const offered = (text: string): string[] =>
  offersAt(text.replace("‸", ""), text.indexOf("‸"))?.offers.map(({ name }) => name) ?? [];
const explained = (text: string): readonly string[] =>
  explanationAt(text.replace("‸", ""), text.indexOf("‸"))?.lines ?? [];
const namesOf = (entries: readonly { readonly name: string }[]): string[] =>
  entries.map(({ name }) => name);

describe("the editor offers", () => {
  it("every field of the scenario that is not there yet", () => {
    const names = offered("seed: 1\n‸");
    expect(names).toEqual(expect.arrayContaining(["question", "clients", "balancer", "events"]));
    expect(names).not.toContain("seed");
  });

  it("every strategy, and the fields of the one that is chosen", () => {
    const names = namesOf(strategies);
    expect(offered(`${HEAD}strategy: ‸`)).toEqual(expect.arrayContaining(names));
    expect(offered(`${HEAD}strategy: { ‸ }`)).toEqual(names);
    expect(offered(`${HEAD}strategy: { ring-hash: { ‸ } }`)).toEqual(["nodes", "hash"]);
  });

  it("every distribution, with its fields", () => {
    expect(offered("requests: { demand: { ‸ } }")).toEqual(namesOf(distributions));
    expect(offered("requests: { demand: { lognormal: { median: 3ms, ‸ } } }")).toEqual([
      "mean",
      "sigma",
    ]);
  });

  it("every event by its verb, and then what belongs to it", () => {
    const verbs = [...new Set(events.map(({ verb }) => verb))];
    expect(offered("events:\n  - { ‸ }\n")).toEqual(expect.arrayContaining(verbs));
    expect(offered("events:\n  - { at: 3s, drain: fra/3, ‸ }\n")).toEqual(["deadline"]);
    expect(offered("events:\n  - { at: 3s, fail: fra, manner: ‸ }\n")).toEqual(
      expect.arrayContaining(["crash", "silence"]),
    );
  });

  it("names of the scenario's own where nodes are meant", () => {
    expect(offered(`${HEAD}targets: [{ name: fra }]\nevents: [{ at: 1s, fail: ‸ }]`)).toEqual([
      "web",
      "fra",
      "europe",
    ]);
    expect(offered(`${HEAD}panic: 0\ncompare:\n  ‸`)).toEqual(["web.strategy"]);
  });

  it("strategies as values of a comparison", () => {
    expect(offered(`${HEAD}panic: 0\ncompare:\n  web.strategy: [mod-n, ‸]`)).toEqual(
      expect.arrayContaining(namesOf(strategies)),
    );
  });

  it("a field with its colon, unless there is one", () => {
    const insertOf = (text: string, name: string): string | undefined =>
      offersAt(text.replace("‸", ""), text.indexOf("‸"))?.offers.find((o) => o.name === name)
        ?.insert;
    expect(insertOf("se‸", "seed")).toBe("seed: ");
    expect(insertOf("se‸ed: 1", "seed")).toBe("seed");
  });

  it("nothing in the middle of a sentence", () => {
    expect(offered("question: >-\n  what ‸\nseed: 1\n")).toEqual([]);
  });
});

describe("the editor explains", () => {
  it("a field with its default", () => {
    expect(explained(`${HEAD}rep‸licas: 3`)).toEqual([
      "replicas: each counts only what it sent itself",
      "Default: 1",
    ]);
  });

  it("a strategy where it is chosen, and where it stands with its fields", () => {
    const says = "consistent hashing on a ring with virtual nodes";
    expect(explained(`${HEAD}strategy: ring-‸hash`)[0]).toBe(`ring-hash: ${says}`);
    expect(explained(`${HEAD}strategy: { ring-‸hash: 3 }`)).toEqual([`ring-hash: ${says}`]);
  });

  it("nothing of names that are the scenario's own", () => {
    expect(explained("clients: { eur‸ope: {} }")).toEqual([]);
    expect(explained("network: { round-trips: { par‸is: { oslo: 30ms } } }")).toEqual([]);
    expect(explained("network: { round-trips: { paris: { os‸lo: 30ms } } }")).toEqual([]);
  });
});

describe("scenarios as they are", () => {
  const folder = new URL("../../scenarios/", import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  /** Names that a scenario gives itself, so nobody can offer or explain them. */
  const OWN = /^(?:clients|places|compare|classes|headers|cookies)$/;
  /** Rows and columns alike are places there, which a scenario names. */
  const TABLE = /^(?:round-trips|bandwidths)$/;

  it.each(files)("%s: each of its fields is explained, and offered where it stands", (file) => {
    const text = readFileSync(new URL(file, folder), "utf8");
    const lost: string[] = [];
    let seen = 0;
    visit(parseDocument(text, { schema: "failsafe" }), {
      Pair: (_key, { key }, ancestors) => {
        const above = ancestors.flatMap((node) =>
          "key" in node && isScalar(node.key) ? [String(node.key.value)] : [],
        );
        if (!isScalar(key) || OWN.test(above.at(-1) ?? "")) return;
        if (above.slice(-2).some((name) => TABLE.test(name))) return;
        // Long files are long because they repeat themselves.
        if (++seen > 40) return;
        const [at] = key.range!;
        const name = String(key.value);
        if (explanationAt(text, at) === null) lost.push(`${name} is not explained`);
        const offers = offersAt(text, at)?.offers.map((offer) => offer.name) ?? [];
        if (!offers.includes(name)) lost.push(`${name} is not offered`);
      },
    });
    expect(lost).toEqual([]);
  });
});

/** As the worker tells them. */
function problemsOf(text: string): ProblemFacts[] {
  const read = readScenario("s.yaml", loaderOf({ "s.yaml": text }));
  const problems = "problems" in read ? read.problems : read.warnings;
  return problems.map(({ line, column, what, would, severity }) => {
    return { line, column, message: what, fix: would, severity };
  });
}

/** The text after each problem's first fix. */
function mended(text: string): string {
  const last = problemsOf(text).findLast((problem) => fixesOf(problem).length > 0);
  if (last === undefined) return text;
  const { from, to } = spanAt(text, last.line, last.column);
  return mended(text.slice(0, from) + fixesOf(last)[0] + text.slice(to));
}

describe("the editor mends", () => {
  it("what the reader offers to mend, until nothing is left", () => {
    const broken = smallest()
      .replace("balancer:", "balancr:")
      .replace("machines: 4", 'machines: 4, "core": 2')
      .replace("demand: 5ms", "demand: 5");
    expect(problemsOf(broken).length).toBeGreaterThan(2);
    const text = mended(broken);
    expect(problemsOf(text)).toEqual([]);
    expect(text).toBe(smallest().replace("machines: 4", "machines: 4, cores: 2"));
  });

  it("offers each of several names, and nothing where words only advise", () => {
    const problem = { line: 1, column: 1, message: "", severity: "error" } as const;
    expect(fixesOf({ ...problem, fix: 'did you mean "a-b", "c" or "d"?' })).toEqual([
      "a-b",
      "c",
      "d",
    ]);
    expect(fixesOf({ ...problem, fix: "write a list, each with a dash" })).toEqual([]);
    expect(fixesOf({ ...problem, fix: "" })).toEqual([]);
  });

  it("marks the whole word, and stays inside the text wherever a problem is", () => {
    const text = "a: 1\nb: { c-d: 'e f', g }";
    const wordAt = (line: number, column: number): string => {
      const { from, to } = spanAt(text, line, column);
      return text.slice(from, to);
    };
    expect([wordAt(1, 1), wordAt(2, 6), wordAt(2, 11), wordAt(2, 18)]).toEqual([
      "a",
      "c-d",
      "'e f'",
      "g",
    ]);
    expect(spanAt(text, 0, 0)).toEqual({ from: 0, to: 1 });
    expect(spanAt(text, 9, 99)).toEqual({ from: text.length, to: text.length });
  });
});
