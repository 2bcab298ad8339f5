/**
 * `npm run bench`: the workloads of README.md as ordinary scenarios, beside the reference in C++,
 * in ratios from one run of both. What it does and why stands in README.md; `--help` lists the
 * options.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, platform, release, totalmem } from "node:os";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { costs, strategiesOf } from "./flatness.mjs";
import { compileReference, measure, scenarioFile, wholeCpuS } from "./processes.mjs";
import { median, table, times, whole } from "./table.mjs";
import { WORKLOADS } from "./workloads.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, "../..");
/**
 * Runs before the measured one. V8 compiles what it finds often called, so that the second run, in
 * new objects, still has something to learn, and the third next to nothing.
 */
const WARM_UPS = 3;
const HELP = `npm run bench -- [options]
  --workloads W1,W2   some of W1 to W4
  --parts warm,cold   some of warm, cold, targets, memory
  --requests N        measured requests of a warm run (5,000,000)
  --repeats N         pairs of runs (3)
  --quick             fewer requests and repeats: does it work, roughly how fast
  --dist DIR          the compiled simulator (dist)
  --json              the figures as one JSON document
  --write             the tables into test/bench/RESULTS.md too
`;

const { values: options } = parseArgs({
  options: {
    workloads: { type: "string", default: WORKLOADS.map(({ name }) => name).join() },
    parts: { type: "string", default: "warm,cold,targets,memory" },
    requests: { type: "string" },
    repeats: { type: "string" },
    quick: { type: "boolean", default: false },
    dist: { type: "string", default: join(ROOT, "dist") },
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (options.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const { quick } = options;
const dist = resolve(options.dist);
const requests = Number(options.requests ?? (quick ? 1_000_000 : 5_000_000));
const repeats = Number(options.repeats ?? (quick ? 1 : 3));
const parts = new Set(options.parts.split(","));
const chosen = WORKLOADS.filter(({ name }) => options.workloads.split(",").includes(name));
if (!(requests >= 1 && repeats >= 1 && chosen.length > 0)) {
  process.stderr.write(HELP);
  process.exit(2);
}
if (!existsSync(join(dist, "cli/main.js"))) {
  process.stderr.write("bench: nothing is compiled yet, run npm run build\n");
  process.exit(2);
}
const note = (text) => process.stderr.write(`bench: ${text}\n`);

const reference = compileReference();
if (reference === null) note("neither g++ nor clang++ is here: no reference to compare with");
const lines = [...machineLines(), ""];
const figures = { requests, repeats };
if (parts.has("warm")) report("warm", warmTables(chosen.map(warm)));
if (parts.has("cold")) report("cold", coldTable(chosen.filter((w) => w.cold).map(cold)));
if (parts.has("targets")) report("targets", targetsTable(await targets()));
if (parts.has("memory")) report("memory", memoryTable(chosen.map(memory)));
process.stdout.write(
  options.json ? `${JSON.stringify(figures, null, 2)}\n` : `${lines.join("\n").trimEnd()}\n`,
);
if (options.write) writeResults();

function report(part, { rows, text }) {
  figures[part] = rows;
  lines.push(...text, "");
}

function machineLines() {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const [{ model }] = cpus();
  const gigabytes = (totalmem() / 2 ** 30).toFixed(0);
  return [
    `lbsim ${version}, Node ${process.version} (V8 ${process.versions.v8}), ${reference?.version ?? "no C++ compiler"}`,
    `${model}, ${cpus().length} cores, ${gigabytes} GiB, ${platform()} ${release()}`,
  ];
}

/**
 * A process of ours for each pair: runs to warm up, of the size whose results are known, the first
 * of them checked; then the measured one.
 */
function warm(workload) {
  const { name, file, expected, checkedAt } = workload;
  const pairs = [];
  for (let pair = 0; pair < repeats; pair++) {
    note(`${name} warm, pair ${pair + 1} of ${repeats}`);
    const theirs = () => reference?.run(name, requests) ?? null;
    // In turn, so that a machine that becomes slower does not always hit the same one.
    const before = pair % 2 === 1 ? theirs() : null;
    const sizes = [...Array(WARM_UPS).fill(workload.requests), requests];
    const runs = sizes.map((count) => runOf(workload, count));
    const measured = measure({ dist, file: scenarioFile(file), runs });
    const known = measured[0];
    const ours = measured.at(-1);
    pairs.push({ known, ours, theirs: before ?? theirs() });
  }
  const [{ known, ours, theirs }] = pairs;
  const subject = checkedAt === undefined ? ours.figures : known.figures;
  const checks = Object.entries(expected).map(([figure, { value, tolerance }]) => {
    const is = subject[figure];
    return { figure, value, tolerance, is, agrees: Math.abs(is / value - 1) <= tolerance };
  });
  const ratios = pairs.flatMap((pair) =>
    pair.theirs === null
      ? []
      : [pair.ours.loopCpuS / pair.ours.requests / (pair.theirs.loop_cpu_s / pair.theirs.requests)],
  );
  const perRequest = pairs.map((pair) => (pair.ours.loopCpuS / pair.ours.requests) * 1e9);
  return {
    workload,
    ours,
    theirs,
    checks,
    ns: median(perRequest),
    referenceNs:
      theirs === null
        ? null
        : median(pairs.map((pair) => (pair.theirs.loop_cpu_s / pair.theirs.requests) * 1e9)),
    setupS: median(pairs.map((pair) => pair.ours.setupCpuS)),
    peakMb: Math.max(...pairs.map((pair) => pair.ours.peakMb)),
    ratios,
    ratio: ratios.length === 0 ? null : median(ratios),
  };
}

function runOf(workload, count) {
  return { settings: workload.settings(count), spans: workload.spans?.(count) ?? {} };
}

function warmTables(rows) {
  const speed = table(
    ["workload", "", "requests/CPU s", "events/CPU s", "events/request", "ns/request"].concat([
      "C++ ns",
      "ratio",
      "first",
      "aim",
      "",
      "set-up s",
      "peak MB",
      "C++ MB",
    ]),
    rows.map((row) => [
      row.workload.name,
      row.workload.title,
      whole(1e9 / row.ns),
      whole((1e9 / row.ns) * (row.ours.events / row.ours.requests)),
      (row.ours.events / row.ours.requests).toFixed(2),
      whole(row.ns),
      row.referenceNs === null ? null : whole(row.referenceNs),
      row.ratio === null ? null : times(row.ratio),
      ...goalCells(row.ratio, row.workload.goals),
      row.setupS.toFixed(2),
      whole(row.peakMb),
      row.theirs === null ? null : whole(row.theirs.rss_mb),
    ]),
  );
  const agreement = table(
    ["workload", "figure", "expected", "±", "is", "agrees", "outcomes other than success"],
    rows.flatMap(({ workload, checks, ours }) =>
      checks.map(({ figure, value, tolerance, is, agrees }) => [
        workload.name,
        figure,
        value,
        `${tolerance * 100} %`,
        Number(is.toPrecision(4)),
        agrees ? "yes" : "NO",
        ours.lost,
      ]),
    ),
  );
  const title = `Warm: ${whole(requests)} requests after ${WARM_UPS} runs to warm up, median of ${repeats} pairs, CPU of the loop`;
  const plain = rows.map(({ workload, ours, theirs, ...row }) => ({
    workload: workload.name,
    ...row,
    events: ours.events,
    figures: ours.figures,
    theirs,
  }));
  return { rows: plain, text: [title, "", ...speed, "", "Results", "", ...agreement] };
}

function goalCells(ratio, { first, aim }) {
  const verdict = ratio === null ? "" : ratio <= aim ? "aim" : ratio <= first ? "first" : "missed";
  return [`≤ ${first}`, `≤ ${aim}`, verdict];
}

/** The command as one types it, from start to exit, against the reference as a process. */
function cold(workload) {
  const { name, file } = workload;
  const sets = workload
    .settings(1_000_000)
    .flatMap(([path, value]) => ["--set", `${path}=${value}`]);
  const command = [
    join(dist, "cli/main.js"),
    "run",
    "--no-write",
    "-q",
    ...sets,
    scenarioFile(file),
  ];
  const pairs = [];
  for (let pair = 0; pair < repeats; pair++) {
    note(`${name} cold, pair ${pair + 1} of ${repeats}`);
    const ours = wholeCpuS(process.execPath, command);
    const theirs =
      reference === null ? null : wholeCpuS(reference.program, [name, "--n", "1000000"]);
    pairs.push({ ours, theirs });
  }
  const known = pairs.every(({ ours, theirs }) => ours !== null && theirs !== null);
  return {
    name,
    oursS: pairs[0].ours === null ? null : median(pairs.map(({ ours }) => ours)),
    theirsS: known ? median(pairs.map(({ theirs }) => theirs)) : null,
    ratio: known ? median(pairs.map(({ ours, theirs }) => ours / theirs)) : null,
  };
}

function coldTable(rows) {
  const text = table(
    ["workload", "CPU s", "C++ CPU s", "ratio", "first", "aim", ""],
    rows.map(({ name, oursS, theirsS, ratio }) => [
      name,
      oursS?.toFixed(3) ?? "no bash to measure it",
      theirsS?.toFixed(3) ?? null,
      ratio === null ? null : times(ratio),
      ...goalCells(ratio, { first: 4, aim: 3 }),
    ]),
  );
  return {
    rows,
    text: ["Cold: 1,000,000 requests, whole process, its start included", "", ...text],
  };
}

async function targets() {
  const sizes = quick ? [10, 10_000] : [10, 100, 1_000, 10_000];
  const rows = [];
  for (const strategy of await strategiesOf(dist)) {
    note(`targets: ${strategy.text}${strategy.weighted ? ", unequal weights" : ""}`);
    const ns = costs(dist, strategy, sizes, quick ? 1_000_000 : 2_000_000, quick ? 1 : 3);
    rows.push({ ...strategy, sizes, ns, ratio: ns[ns.length - 1] / ns[0] });
  }
  return rows;
}

function targetsTable(rows) {
  const { sizes } = rows[0];
  const text = table(
    ["strategy", "", ...sizes.map((size) => `${whole(size)} targets`), "10,000 / 10", "≤ 3"],
    rows.map(({ text: name, weighted, ns, ratio }) => [
      name,
      weighted ? "unequal weights" : "",
      ...ns.map(whole),
      times(ratio),
      ratio <= 3 ? "yes" : "NO",
    ]),
  );
  const title = "By targets: ns of CPU a request, one tier, 80 % load (50 % where keys are hashed)";
  return { rows, text: [title, "", ...text] };
}

/** One run alone in its process, no warm-up. */
function memory(workload) {
  const count = quick ? 2_000_000 : 10_000_000;
  note(`${workload.name} memory, ${whole(count)} requests`);
  const runs = [runOf(workload, count)];
  const [{ peakMb, requests: done }] = measure({ dist, file: scenarioFile(workload.file), runs });
  return { name: workload.name, requests: done, peakMb };
}

function memoryTable(rows) {
  const text = table(
    ["workload", "requests", "peak MB", "< 500"],
    rows.map(({ name, requests: done, peakMb }) => [
      name,
      whole(done),
      whole(peakMb),
      peakMb < 500 ? "yes" : "NO",
    ]),
  );
  return { rows, text: ["Memory of a long run, statistics on", "", ...text] };
}

function writeResults() {
  const flags = process.argv.slice(2).join(" ");
  const command = `npm run bench -- ${flags}`.trim();
  const text = `# Results of the bench\n\nWritten by \`${command}\`. What the tables mean stands in README.md.\n\n\`\`\`\n${lines.join("\n").trimEnd()}\n\`\`\`\n`;
  writeFileSync(join(HERE, "RESULTS.md"), text);
  note("written to test/bench/RESULTS.md");
}
