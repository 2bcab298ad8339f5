import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";

import { hashFunctions } from "../../src/hashing/functions/registry.ts";
import { placements } from "../../src/hashing/registry.ts";
import { sandbox, SMALL } from "./harness.ts";

const box = sandbox();
const widest = (text: string): number => Math.max(...text.split("\n").map((line) => line.length));

interface HashDocument {
  readonly keys: number;
  readonly nodes: number;
  readonly keysFrom: string;
  readonly notes: readonly string[];
  readonly structures: readonly {
    readonly structure: string;
    readonly hash: string;
    readonly balance: { readonly imbalance: number };
    readonly changes: readonly { readonly moved: number; readonly least: number }[];
    readonly timing: { readonly lookupNs: number } | null;
  }[];
}
async function document(...argv: string[]): Promise<HashDocument> {
  const { code, out, err } = await box.lbsim(["hash", ...argv, "--json"]);
  expect([code, err]).toEqual([0, ""]);
  // Its shape is what these tests are about.
  return JSON.parse(out) as HashDocument;
}

describe("lbsim hash", () => {
  it("sets all structures side by side, at 80 columns, the same each time", async () => {
    const argv = ["hash", "--keys", "5k", "--change", "add:1", "--change", "remove:random:2"];
    const { code, out, err } = await box.lbsim(argv);
    expect([code, err]).toEqual([0, ""]);
    const body = out.slice(0, out.indexOf("\nseed "));
    expect(widest(body)).toBeLessThanOrEqual(80);
    for (const { name } of placements) expect(out).toMatch(new RegExp(`^${name} `, "m"));
    expect(out).toContain("Change: add node-17");
    expect(out).toContain("Change: remove 2 at random");
    expect(await box.lbsim(argv)).toEqual({ code, out, err });
    expect(out).toContain(
      "again    lbsim hash --nodes 16 --keys 5k --hash murmur3 --change add:1 " +
        "--change remove:random:2 --seed 1\n",
    );
  });

  it("tells one structure's changes in one table", async () => {
    const argv = ["hash", "maglev:521", "--keys", "5k", "--nodes", "a,b,c", "--weights", "1,2,4"];
    const changes = ["--change", "remove:c", "--change", "weight:a=2", "--change", "return:b"];
    const { out } = await box.lbsim([...argv, ...changes]);
    expect(out).toContain("Changes under maglev:521\n");
    expect(out).toMatch(/^remove c .*\n^weight of a: 2 .*\n^remove b, and back /m);
    expect(out).toContain("nodes  3, of unequal weights\n");
  });

  it("says who ignores weights", async () => {
    const { out } = await box.lbsim(["hash", "mod-n", "--nodes", "2", "--weights", "1x1,1x3"]);
    expect(out).toContain("Weights are ignored by mod-n.\n");
  });

  it("takes settings as a scenario does, in forms that no shell needs quotes for", async () => {
    const forms = [
      "ring-hash:7",
      "ring-hash:nodes=8",
      "{ ring-hash: 9 }",
      "{ ring-hash: { nodes: 10 } }",
    ];
    const { structures } = await document(...forms, "ring-hash", "ring-hash: 100", "--keys", "100");
    expect(structures.map(({ structure }) => structure)).toEqual([
      "ring-hash:7",
      "ring-hash:8",
      "ring-hash:9",
      "ring-hash:10",
      "ring-hash",
    ]);
  });

  it("prints CSV: a row a structure, then one a change", async () => {
    const argv = ["hash", "mod-n", "rendezvous", "--keys", "1000", "--change", "add:1", "--csv"];
    const { out } = await box.lbsim(argv);
    const rows = out
      .trimEnd()
      .split("\n")
      .map((line) => line.split(","));
    expect(rows.map(([name, , , , change]) => [name, change])).toEqual([
      ["structure", "change"],
      ["mod-n", ""],
      ["mod-n", "add:1"],
      ["rendezvous", ""],
      ["rendezvous", "add:1"],
    ]);
    expect(new Set(rows.map(({ length }) => length)).size).toBe(1);
  });

  it("times only when asked, since times are of one machine", async () => {
    const plain = await document("ring-hash", "--keys", "100");
    expect(plain.structures[0].timing).toBeNull();
    const timed = await document("ring-hash", "--keys", "100", "--timing", "--change", "add:1");
    expect(timed.structures[0].timing?.lookupNs).toBeGreaterThan(0);
    const { out } = await box.lbsim(["hash", "ring-hash", "--keys", "100", "--timing"]);
    expect(out).toContain("Times are of this machine");
  });

  it("keeps to a bound and tells what it cost, in all forms", async () => {
    const argv = ["ring-hash:3", "--keys", "5k", "--bound", "1.1", "--change", "remove:first"];
    const { out } = await box.lbsim(["hash", ...argv]);
    expect(out).toContain("bound  1.1 times the fair part of a node, rounded up");
    expect(out).toContain("Bound: keys that went on from full nodes");
    expect(out).toContain("--bound 1.1 --seed 1\n");
    const { structures } = await document(...argv);
    // ⌈1.1 × 5,000 / 16⌉ = 344 of 312.5.
    expect(structures[0].balance.imbalance).toBe(1.1008);
    const csv = await box.lbsim(["hash", ...argv, "--csv"]);
    const [head, before, after] = csv.out.split("\n").map((line) => line.split(",").slice(-3));
    expect(head).toEqual(["bound", "pushed", "full-passed"]);
    expect(before.map(Number).every((figure) => figure > 0)).toBe(true);
    expect(after).toEqual(["1.1", "", ""]);
    expect((await box.lbsim(["hash", ...argv.slice(0, 3), "--csv"])).out).not.toContain("pushed");
  });

  it("explains a key: hash, steps, owner", async () => {
    const { code, out } = await box.lbsim(["hash", "--explain", "/index.html"]);
    expect(code).toBe(0);
    expect(out).toContain('Where "/index.html" lands');
    expect(widest(out)).toBeLessThanOrEqual(80);
    const json = await box.lbsim(["hash", "ring-hash", "--explain", "x", "--json"]);
    expect(JSON.parse(json.out)).toMatchObject({
      kind: "hash-explanation",
      key: "x",
      structures: [{ structure: "ring-hash", hash: "murmur3", owner: expect.any(String) }],
    });
  });

  it("leaves out what does not fit when none is named, and says so", async () => {
    // Maglev's table of 65,537 is too small for 70,000 nodes.
    const { structures, notes } = await document("--nodes", "70k", "--keys", "10");
    expect(structures.map(({ structure }) => structure)).not.toContain("maglev");
    expect(notes.join(" ")).toContain("Left out: maglev, 65537 entries are too few");
  });

  it("gives what README shows", async () => {
    const readme = readFileSync("README.md", "utf8");
    const [, words = ""] = /^lbsim (hash .*--change .*)$/m.exec(readme) ?? [];
    const { out } = await box.lbsim(words.split(" "));
    const tables = out.slice(out.indexOf("Balance:"), out.indexOf("\nCost, in n"));
    expect(readme).toContain(tables.trimEnd());
    const explained = await box.lbsim(["hash", "ring-hash", "--explain", "/index.html"]);
    expect(readme).toContain(explained.out.trimEnd());
  });

  it("stops at Ctrl-C", async () => {
    const { code, out, err } = await box.lbsim(["hash", "mod-n"], { interruptAtLook: 1 });
    expect([code, out]).toEqual([130, ""]);
    expect(err).toContain("interrupted");
  });
});

describe("keys and nodes from files", () => {
  beforeAll(async () => {
    await box.write("nodes.txt", "\uFEFFweb-1\r\nweb-2 2\r\n\r\nweb-3\t0.5\n");
    await box.write(
      "trace.csv",
      "time-ms,user,object,bytes,region\n0,0,7,1,a\n1,0,7,1,a\n2,1,9,1,a\n",
    );
  });

  it("nodes: a name, or a name and a weight, a line", async () => {
    const { nodes } = await document("ring-hash", "--nodes", "@nodes.txt", "--keys", "100");
    expect(nodes).toBe(3);
    const { out } = await box.lbsim(["hash", "--nodes", "@nodes.txt", "--explain", "k"]);
    expect(out).toMatch(/web-[123]/);
  });

  it("keys: the same figures as the same keys made by number, in pieces of any size", async () => {
    // 100,000 keys of 10 to 13 bytes are more than one piece of a MiB.
    const lines = Array.from({ length: 100_000 }, (_, i) => `key-1-${i}`);
    await box.write("keys.txt", lines.join("\n"));
    await box.write("dos.txt", `\uFEFF${lines.join("\r\n\r\n")}\r\n`);
    const made = await document("maglev", "ring-hash", "--change", "add:1");
    const read = await document("maglev", "ring-hash", "--change", "add:1", "--keys", "@keys.txt");
    const dos = await document("maglev", "ring-hash", "--change", "add:1", "--keys", "@dos.txt");
    expect(read.structures).toEqual(made.structures);
    expect(read.keysFrom).toBe("the lines of keys.txt");
    expect(dos.structures).toEqual(made.structures);
    expect(dos.notes).toEqual(["99,999 empty lines are left out."]);
  });

  it("keys: a trace's objects, as often as they are asked for", async () => {
    const { keys, structures } = await document("mod-n", "--trace", "trace.csv", "--nodes", "1");
    expect([keys, structures[0].balance.imbalance]).toEqual([3, 1]);
    await box.write("objects.txt", "7\n7\n9\n");
    const lines = await document("ring-hash", "--keys", "@objects.txt");
    const trace = await document("ring-hash", "--trace", "trace.csv");
    expect(trace.structures).toEqual(lines.structures);
  });
});

describe("bad input of lbsim hash", () => {
  beforeAll(async () => {
    await box.write("empty.txt", "\n\n");
    await box.write("binary.txt", Uint8Array.of(0x61, 0x0a, 0x62, 0x00, 0x0a));
    await box.write("latin.txt", Uint8Array.of(0x61, 0x0a, 0x0a, 0x62, 0xe4, 0x0a, 0x63));
    await box.write("long.txt", `short\n${"x".repeat(70_000)}\n`);
    await box.write("endless.txt", "x".repeat(3_000_000));
    await box.write("twice.txt", "a\nb 2\na 3\n");
    await box.write("words.txt", "a\nb two\n");
    await box.write("cut.csv", "time-ms,user,object,bytes,region\n0,0,7\n");
  });

  it.each([
    [["--nodes", "a,b,a"], "lbsim: two nodes are called a (1 and 3 of the list)"],
    [["--nodes", "@twice.txt"], "twice.txt:3:1: two nodes are called a (the other on line 1)"],
    [["nginx"], 'nginx: structure: no structure is called "nginx", did you mean "ketama"?'],
    [["--change", "add:-1"], 'lbsim: --change "add:-1" adds nothing'],
    [["--nodes", "0"], "lbsim: --nodes is 0, write a number from 1 to 1000000"],
    [["--nodes", "2M"], "lbsim: --nodes is 2M, write a number from 1 to 1000000"],
    [["--nodes", "1.5"], 'lbsim: --nodes: "1.5" is not a whole number'],
    [["--nodes", "a,,b"], "lbsim: a node has an empty name"],
    [["--nodes", "@empty.txt"], "lbsim: the pool is empty"],
    [["--nodes", "@lost.txt"], "lost.txt: cannot be read, there is no such file"],
    [["--nodes", "@words.txt"], 'words.txt:2:1: "b two" is no node'],
    [["--nodes", "2", "--weights", "1,0"], "lbsim: the weight of node-2 is 0"],
    [["--nodes", "2", "--weights", "1,-3"], "lbsim: the weight of node-2 is -3"],
    [["--nodes", "2", "--weights", "1,9999999"], "lbsim: the weight of node-2 is 9999999"],
    [["--nodes", "2", "--weights", "1,x"], 'lbsim: --weights: "x" is no weight'],
    [["--nodes", "3", "--weights", "1,2"], "lbsim: --weights gives 2 for 3 nodes"],
    [["--keys", "0"], "lbsim: --keys is 0, write a number from 1"],
    [["--keys", "many"], 'lbsim: --keys: "many" is not a count'],
    [["--keys", "@lost.txt"], "lost.txt: cannot be read, there is no such file"],
    [["--keys", "@."], ".: cannot be read, it is a folder"],
    [["--keys", "@empty.txt"], "empty.txt: holds no key, write one a line"],
    [["--keys", "@binary.txt"], "binary.txt:2:1: this line holds a zero byte, this is no text"],
    [["--keys", "@latin.txt"], "latin.txt:3:1: this line is not UTF-8"],
    [["--keys", "@long.txt"], "long.txt:2:1: this line is longer than 65536 bytes"],
    [["--keys", "@endless.txt"], "endless.txt:1:1: this line is longer than 65536 bytes"],
    [["--trace", "cut.csv"], "cut.csv:2:1: this line has 3 values"],
    [["--trace", "lost.csv"], "lost.csv: cannot be read, there is no such file"],
    [["--trace", "cut.csv", "--keys", "5"], "lbsim: --keys and --trace both name keys"],
    [["--hash", "murmur"], 'lbsim: --hash: no hash function is called "murmur", did you mean'],
    [
      ["--change", "remove:node-99"],
      'lbsim: --change "remove:node-99": no node is called "node-99"',
    ],
    [["--change", "explode"], 'lbsim: --change "explode" is no change, write add:2'],
    [["--nodes", "1", "--change", "remove:first"], 'lbsim: --change "remove:first" leaves no node'],
    [["--draws", "0"], "lbsim: --draws is 0"],
    [["--bound", "0.9"], 'lbsim: --bound is "0.9", write a number from 1 to 1000 as 1.25'],
    [["--bound", "much"], 'lbsim: --bound is "much", write a number'],
    [["--bound", "2", "--timing"], "lbsim: --timing is of structures without a bound"],
    [["--bound", "2", "--explain", "x"], "lbsim: --bound gives a key out by all keys before it"],
    [["--json", "--csv"], "lbsim: --json and --csv are two forms"],
    [
      ["ringhash"],
      'ringhash: structure: no structure is called "ringhash", did you mean "ring-hash"?',
    ],
    [[""], '"": structure: no structure is called ""'],
    [["ring-hash:points=5"], 'ring-hash:points=5: unknown field "points" in ring-hash'],
    [["ring-hash:0"], "ring-hash:0: nodes is 0, it must be at least 1"],
    [["maglev:100"], "maglev:100: maglev: 100 is not a prime; the next one is 101"],
    [["mod-n", "--nodes", "nodes.txt"], 'lbsim: --nodes "nodes.txt" is one name, write --nodes 16'],
    [["mod-n", "--nodes", "-5"], 'lbsim: --nodes "-5" is one name'],
    [
      ["mod-n", "--nodes", "100000", "--draws", "10000", "--change", "remove:random:3"],
      "lbsim: 10000 draws of 100000 nodes take too much memory: take at most 200 draws",
    ],
    [["maglev:7"], "maglev:7: 7 entries are too few for 16 targets"],
    [["maglev:17", "--change", "add:3"], "maglev:17: 17 entries are too few for 19 targets"],
    [["mod-n:raw"], "mod-n:raw: mod-n:raw reads numbers and no texts"],
    [["ring-hash:nodes=1,,"], 'ring-hash:nodes=1,,: "" sets nothing, write field=value'],
    [["{ ring-hash: [ }"], "{ ring-hash: [ }: not YAML"],
  ])("%j", async (argv, message) => {
    const { code, out, err } = await box.lbsim(["hash", ...argv]);
    expect([code, err.slice(0, message.length)]).toEqual([2, message]);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    // Two forms at once are no form.
    if (!argv.includes("--json")) expect(out).toBe("");
    const json = await box.lbsim(["hash", ...argv, "--json"]);
    expect(json.code).toBe(2);
    expect(JSON.parse(json.out)).toMatchObject({
      kind: "diagnostics",
      valid: false,
      errorCount: 1,
    });
  });
});

describe("several wrong lines of nodes", () => {
  it("are told together", async () => {
    await box.write("wrong.txt", "a\nb two\nc 0\na 2\nd\n");
    const { code, err } = await box.lbsim(["hash", "--nodes", "@wrong.txt"]);
    expect(code).toBe(2);
    expect(err.split("\n")).toEqual([
      expect.stringContaining('wrong.txt:2:1: "b two" is no node'),
      expect.stringContaining("wrong.txt:3:1: the weight of c is 0"),
      expect.stringContaining("wrong.txt:4:1: two nodes are called a (the other on line 1)"),
      "",
    ]);
  });

  it("are told up to twenty", async () => {
    await box.write("all-wrong.txt", "a b c\n".repeat(25));
    const { err } = await box.lbsim(["hash", "--nodes", "@all-wrong.txt"]);
    const lines = err.trimEnd().split("\n");
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toContain("5 more lines are wrong");
  });
});

describe("the spread by chance", () => {
  it("is reckoned from a trace's own counts, and open for a file of keys", async () => {
    const rows = "time-ms,user,object,bytes,region\n0,0,7,1,a\n1,0,7,1,a\n2,1,9,1,a\n";
    await box.write("chance.csv", rows);
    const trace = await box.lbsim(["hash", "mod-n", "--trace", "chance.csv", "--json"]);
    // 15 nodes besides one, counts 2 and 1: √(15 × (4 + 1)) / 3.
    expect(JSON.parse(trace.out)).toMatchObject({ chance: 2.88675, repeats: "counted" });
    const told = await box.lbsim(["hash", "mod-n", "--trace", "chance.csv"]);
    expect(told.out.replace(/\s+/g, " ")).toContain("each as often as it is asked for.");
    await box.write("some-keys.txt", "a\na\nb\n");
    const file = await box.lbsim(["hash", "mod-n", "--keys", "@some-keys.txt"]);
    expect(file.out.replace(/\s+/g, " ")).toContain("and more where keys repeat.");
  });
});

describe("a program's name as a strategy", () => {
  it.each([
    ["compare", "--vary"],
    ["run", "--set"],
  ])("%s %s names those that do as it does", async (command, option) => {
    await box.write("small.yaml", SMALL);
    const argv = [command, "small.yaml", option, "fra.strategy=haproxy"];
    const { code, err } = await box.lbsim(argv);
    expect(code).toBe(2);
    expect(err).toContain('did you mean "haproxy-consistent", "haproxy-map-based"');
  });
});

describe("changes in the help", () => {
  it("are each of the nodes as given", async () => {
    const { out } = await box.lbsim(["hash", "--help"]);
    const words = out.replace(/\s+/g, " ");
    expect(words).toContain("each is made from the nodes as given");
    expect(words).toContain("removed first");
  });
});

describe("the laboratory's registries", () => {
  it("are listed, and each entry is explained", async () => {
    const listed = await box.lbsim(["list", "placements"]);
    for (const { name } of placements) expect(listed.out).toContain(`\n  ${name} `);
    const hashes = await box.lbsim(["list", "hashes", "--json"]);
    const { hashes: all } = JSON.parse(hashes.out) as { hashes: { name: string }[] };
    expect(all.map(({ name }) => name)).toEqual(hashFunctions.map(({ name }) => name));
    for (const { name, follows } of hashFunctions) {
      const { code, out } = await box.lbsim(["explain", name]);
      expect(code).toBe(0);
      expect(out.replace(/\s+/g, " ")).toContain(`Follows ${follows}`);
    }
    for (const { name, cost } of placements) {
      const { out } = await box.lbsim(["explain", name]);
      expect(out.replace(/\s+/g, " ")).toContain(`Costs ${cost.lookup} a lookup`);
    }
  });
});
