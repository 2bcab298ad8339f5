/** One measurement of `hashing.mjs`: its only argument is a JSON task, its output one JSON line. */
import { join } from "node:path";
import process from "node:process";
import { median } from "./table.mjs";

const task = JSON.parse(process.argv[2]);
const load = (path) => import(join(task.dist, path));
const { placements } = await load("hashing/registry.js");
const { membersOf } = await load("hashing/placement.js");
const { mix32 } = await load("hashing/mix32.js");
const { nextPrime, Maglev } = await load("hashing/placements/maglev.js");
const { Ring } = await load("hashing/placements/ring.js");
const { jumpHash } = await load("hashing/placements/jump.js");

const REPEATS = 5;
const keys = Int32Array.from({ length: 2 ** 20 }, (_, i) => mix32(i + 0x51ed270b));
let sink = 0;

const milliseconds = (work) => {
  const begin = performance.now();
  work();
  return performance.now() - begin;
};
const medianOf = (work) => median(Array.from({ length: REPEATS }, work));

/** Nanoseconds a call, as many calls as take a tenth of a second, at most all keys. */
function lookupNs(owner) {
  let count = 64;
  let took = 0;
  const some = () => {
    for (let i = 0; i < count; i++) sink ^= owner(keys[i]);
  };
  for (;;) {
    took = milliseconds(some);
    if (took > 100 || count === keys.length) break;
    count = Math.min(keys.length, count * 4);
  }
  return (medianOf(() => milliseconds(some)) * 1e6) / count;
}

const nodesOf = (count) =>
  membersOf(
    Array.from({ length: count }, (_, i) => mix32(mix32(i + 1) + 77)),
    Array.from({ length: count }, () => 1),
    Array.from({ length: count }, (_, i) => `10.0.${i >> 8}.${i & 255}:8080`),
  );

function settingsOf({ name, fields }, nodes) {
  const settings = {};
  for (const [key, field] of Object.entries(fields)) settings[key] = field.default ?? null;
  if (name === "maglev" && nodes > 655)
    settings.table = nodes > 6553 ? nextPrime(100 * nodes) : 655_373;
  return settings;
}

function structure({ name, nodes }) {
  const definition = placements.find((one) => one.name === name);
  const settings = settingsOf(definition, nodes);
  const members = nodesOf(nodes);
  const usable = members.usable.filter((label) => label !== nodes >> 1);
  const without = { ...members, size: nodes - 1, usable };
  const buildMs = medianOf(() => {
    const made = definition.create(settings);
    return milliseconds(() => made.assign(members));
  });
  const placement = definition.create(settings);
  placement.assign(members);
  const changeMs = medianOf(
    () =>
      milliseconds(() => placement.assign(without)) / 2 +
      milliseconds(() => placement.assign(members)) / 2,
  );
  const bytes = placement.bytes();
  return { lookupNs: lookupNs((key) => placement.owner(key)), buildMs, changeMs, bytes };
}

function plainSearch(positions) {
  return (key) => {
    const at = key >>> 0;
    let low = 0;
    let high = positions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (positions[middle] < at) low = middle + 1;
      else high = middle;
    }
    return low === positions.length ? 0 : low;
  };
}

function claims() {
  const members = nodesOf(1000);
  const without = {
    ...members,
    size: 999,
    usable: members.usable.filter((label) => label !== 500),
  };
  const large = new Ring(10_000);
  large.assign(members);
  const positions = Uint32Array.from({ length: large.points }, (_, point) =>
    large.positionOf(point),
  );
  const small = new Ring(1000);
  small.assign(members);
  return {
    ringNs: lookupNs((key) => large.owner(key)),
    binaryNs: lookupNs(plainSearch(positions)),
    ringBuildMs: medianOf(() => milliseconds(() => new Ring(1000).assign(members))),
    ringChangeMs: medianOf(
      () =>
        milliseconds(() => small.assign(without)) / 2 +
        milliseconds(() => small.assign(members)) / 2,
    ),
    maglevMs: medianOf(() => milliseconds(() => new Maglev(655_373).assign(members))),
    jumpNs: lookupNs((key) => jumpHash(key, key, 1000)),
  };
}

const result = task.what === "claims" ? claims() : structure(task);
process.stdout.write(`${JSON.stringify(result)}\n`);
if (sink === 0.5) process.stdout.write("");
