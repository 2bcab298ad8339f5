/**
 * What placement structures cost: lookups, building, one node out and in again, bytes; at 10 to
 * 100,000 nodes, next to the cost that their sources state, and against plain C++ where a compiler
 * is there. Options: `--nodes 10,1000`, `--only jump,dx`, `--write` (HASHING.md), `--json`, `--dist
 * DIR`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { table, whole } from "./table.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const { values: options } = parseArgs({
  options: {
    nodes: { type: "string", default: "10,100,1000,10000,100000" },
    only: { type: "string" },
    write: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    dist: { type: "string", default: join(HERE, "../../dist") },
  },
});
const sizes = options.nodes.split(",").map(Number);
const { placements } = await import(join(options.dist, "hashing/registry.js"));
const wanted = placements.filter(
  ({ name }) => options.only === undefined || options.only.split(",").includes(name),
);

/** Structures that are linear by definition are asked up to here. */
const MOST_IF_LINEAR = 10_000;

/** Each measurement in a process of its own, so that none runs code that another has shaped. */
function measured(task) {
  const args = [join(HERE, "hashing-measure.mjs"), JSON.stringify({ dist: options.dist, ...task })];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${JSON.stringify(task)}: ${stderr}`);
  return JSON.parse(stdout);
}

/** The reference's figures, or null without a compiler. */
function reference() {
  const folder = mkdtempSync(join(os.tmpdir(), "lbsim-hashing-"));
  try {
    for (const compiler of ["g++", "clang++"]) {
      const program = join(folder, "hashing");
      const source = join(HERE, "cpp/hashing.cpp");
      const built = spawnSync(compiler, ["-std=c++17", "-O3", "-o", program, source]);
      if (built.status !== 0) continue;
      return JSON.parse(spawnSync(program, { encoding: "utf8" }).stdout);
    }
    return null;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const figures = {};
for (const { name, cost } of wanted) {
  figures[name] = sizes.map((nodes) => {
    if (cost.lookup === "O(n)" && nodes > MOST_IF_LINEAR) return null;
    process.stderr.write(`${name}, ${nodes} nodes\n`);
    return measured({ what: "structure", name, nodes });
  });
}
const claims = options.only === undefined ? measured({ what: "claims" }) : null;
const cpp = claims === null ? null : reference();

const round = (value) =>
  value >= 100 ? whole(value) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
const bytes = (value) =>
  value >= 2 ** 20 ? `${round(value / 2 ** 20)} MiB` : `${round(value / 2 ** 10)} KiB`;

function one(title, stated, cell) {
  const head = ["structure", "its source", ...sizes.map((nodes) => `${whole(nodes)} nodes`)];
  const rows = wanted.map((definition) => [
    definition.name,
    stated(definition.cost),
    ...figures[definition.name].map((each) => (each === null ? "" : cell(each))),
  ]);
  return [`### ${title}`, "", "```text", ...table(head, rows), "```", ""];
}

function claimLines() {
  if (claims === null) return [];
  const against = (ours, theirs) => (theirs === undefined ? "" : `${(ours / theirs).toFixed(2)} ×`);
  const line = (what, unit, key) => [
    what,
    `${round(claims[key])} ${unit}`,
    cpp === null ? "" : `${round(cpp[key])} ${unit}`,
    cpp === null ? "" : against(claims[key], cpp[key]),
  ];
  const rows = [
    line("ring of 10,000,000 points: a lookup", "ns", "ringNs"),
    line("the same by plain binary search", "ns", "binaryNs"),
    line("ring of 1,000 × 1,000 points: built", "ms", "ringBuildMs"),
    line("one of its nodes goes and comes, each", "ms", "ringChangeMs"),
    line("Maglev, 655,373 entries × 1,000 nodes: built", "ms", "maglevMs"),
    line("jump among 1,000: a lookup", "ns", "jumpNs"),
  ];
  return [
    "### Against plain C++",
    "",
    "```text",
    ...table(["", "ours", "C++", ""], rows),
    "```",
    "",
  ];
}

const lines = [
  ...one(
    "A lookup, ns",
    ({ lookup }) => lookup,
    ({ lookupNs }) => round(lookupNs),
  ),
  ...one(
    "Building, ms",
    () => "",
    ({ buildMs }) => round(buildMs),
  ),
  ...one(
    "One node goes or comes, ms",
    ({ change }) => change,
    ({ changeMs }) => round(changeMs),
  ),
  ...one(
    "Memory of its arrays",
    ({ memory }) => memory,
    (each) => bytes(each.bytes),
  ),
  ...claimLines(),
];
const json = { nodes: sizes, figures, claims, cpp };
process.stdout.write(options.json ? `${JSON.stringify(json, null, 2)}\n` : `${lines.join("\n")}\n`);
if (options.write) {
  const machine = `${os.cpus()[0].model}, Node ${process.versions.node}`;
  const head = [
    "# What placement structures cost",
    "",
    "Written by `npm run bench:hashing -- --write`: medians of five, each structure in a process of its own, on",
    `one core of ${machine}. Times of other machines differ; the ratios to C++ are the claim. Maglev's table`,
    "grows with the pool here (65,537 entries, 655,373 from 656 nodes on, then 100 a node); all other settings",
    "are the defaults. Keys are random, so large structures pay for the memory they touch.",
    "",
  ];
  writeFileSync(join(HERE, "HASHING.md"), `${[...head, ...lines].join("\n").trimEnd()}\n`);
}
