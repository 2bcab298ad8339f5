// Prints README's table of layer 4 against layer 7 from the committed results of both scenarios, at
// 1, 10 and 100 requests a connection; with --write puts it there (then `npm run format`). `npm run
// results -- layer-4 layer-7` makes the results anew, test/layers-table.test.ts holds README
// against them.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";

const COUNTS = [1, 10, 100];

/** By layer and requests a connection: the summary of the run with the file's seed. */
function summariesOf(layer) {
  const folder = `results/layer-${layer}`;
  const read = (run, file) => JSON.parse(readFileSync(`${folder}/${run}/${file}`, "utf8"));
  const runs = readdirSync(folder).filter((run) => read(run, "manifest.json").kind === "run");
  return COUNTS.map((count) => {
    const found = runs.find((run) => {
      const { overrides } = read(run, "manifest.json");
      const set = overrides.find(({ path }) => path === "connections.requests");
      return Number(set?.value ?? 10) === count;
    });
    return read(found, "summary.json");
  });
}

const grouped = (value) => Math.round(value).toLocaleString("en-US");
const digits = (value, places) => value.toFixed(places);
const percent = (value, places = 0) =>
  (value ?? null) === null ? "none" : `${digits(100 * value, places)}%`;
const region = ({ regions }, name) => regions.find((one) => one.name === name).metrics;
/** Time of a part near and far. */
const nearAndFar = (summary, metric, places) =>
  ["near", "far"].map((name) => digits(region(summary, name)[metric], places)).join(" / ");
/** Of those that pick machines: how far their most-asked one is above the mean. */
const unevenness = ({ balancers, machines }) => {
  const parents = new Set(machines.map(({ path }) => path.replace(/\/[^/]*$/, "")));
  const pools = balancers.filter(({ path }) => parents.has(path));
  return Math.max(...pools.map(({ metrics }) => metrics.imbalance)) - 1;
};
const decides = ({ connections }) => `once a ${connections.layers[0].decides}`;

/** Head, and what stands below layer 4 and layer 7. */
const ROWS = [
  ["decided", decides],
  [
    "can be routed on",
    ({ connections }) => (connections.layers[0].layer === 4 ? "address, port" : "the request"),
  ],
  [
    "TCP connections from client to machine",
    ({ overall }) => ((overall["backend-opened"] ?? null) === null ? 1 : 2),
  ],
  [
    "TLS handshakes, with whom",
    ({ overall, connections }) =>
      `${grouped(overall.handshakes)}, the ${connections.layers[0].layer === 4 ? "machines" : "balancer"}`,
  ],
  [
    "round trips to a connection's first byte",
    ({ overall }) => digits(overall["connect-round-trips"] / overall["connections-opened"] + 1, 0),
  ],
  [
    "… to a request's, on average",
    ({ overall }) => digits(overall["connect-round-trips"] / overall.requests + 1, 2),
  ],
  ["connecting, a request, near / far, ms", (one) => nearAndFar(one, "connect", 2)],
  [
    "connections held: clients' + to the machines",
    ({ overall }) =>
      `${grouped(overall["connections-open"])} + ${grouped(overall["backend-connections"] ?? 0)}`,
  ],
  ["requests answered from a cache", ({ overall }) => percent(overall.offload)],
  ["balancer's cores busy", ({ overall }) => percent(overall["balancer-utilization"], 1)],
  ["time in the balancer, ms", ({ overall }) => digits(overall.balancer, 2)],
  [
    "machines busy: mean / busiest",
    ({ overall }) => `${percent(overall.utilization)} / ${percent(overall["peak-utilization"])}`,
  ],
  ["most-asked machine above its pool's mean", (one) => percent(unevenness(one), 1)],
  ["waiting for a machine, ms", ({ overall }) => digits(overall.wait, 2)],
  ["p50, near / far, ms", (one) => nearAndFar(one, "p50", 1)],
  ["p99, near / far, ms", (one) => nearAndFar(one, "p99", 0)],
];

const runs = [4, 7].flatMap(summariesOf);
const cells = ROWS.map(([title, of]) => [title, ...runs.map(of)]);
const head = ["", ...[4, 7].flatMap((layer) => COUNTS.map((count) => `layer ${layer}: ${count}`))];
const line = (row) => `| ${row.join(" | ")} |`;
const table = [line(head), line(head.map(() => "---")), ...cells.map(line)].join("\n");
if (process.argv.includes("--write")) {
  const old = readFileSync("README.md", "utf8");
  const first = old.lastIndexOf("\n|", old.indexOf("layer 4: 1")) + 1;
  const last = old.indexOf("\n\n", first);
  writeFileSync("README.md", `${old.slice(0, first)}${table}${old.slice(last)}`);
} else {
  console.log(table);
}
