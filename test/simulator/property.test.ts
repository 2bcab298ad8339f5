/**
 * Random scenarios with random events: nothing is lost, time runs forward, and a run is a function
 * of its scenario.
 */
import { array, assert, gen, integer, property } from "fast-check";
import type { RunDetails } from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventKindName, Scenario } from "../../src/scenario/scenario.ts";
import { REGISTRY_NAMES, registries } from "../../src/scenario/registries.ts";
import { Simulation, simulate } from "../../src/simulator/run.ts";
import {
  DOOR_COUNTS,
  CONNECTION_COUNTS,
  MISSES,
  OUTCOMES,
  PROXY_COUNTS,
  SESSION_COUNTS,
  SESSION_EVENTS,
} from "../../src/statistics/run-record.ts";
import type { MachineColumns, ProxyCountName, RunRecord } from "../../src/statistics/run-record.ts";
import { NEVER } from "../../src/units.ts";
import { Draws } from "./random-choice.ts";
import type { Readable } from "./random-scenario.ts";
import { randomText, readRandom } from "./random-scenario.ts";
import { proxyCountOf } from "./observing.ts";
import { occurrencesIn } from "./occurrences.ts";

const total = (values: Iterable<number>): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
};

/** Cheaper than `expect` by far, at some hundred thousand questions a scenario. */
function holds(fact: boolean, otherwise: string): void {
  if (!fact) throw new Error(otherwise);
}

/** born = outcomes + in flight, of all and of every region and class. */
function checkConservation(record: RunRecord): void {
  const classes = record.classes.length;
  const open = new Float64Array(record.regions.length * classes);
  const outcomes = record.outcomesTotal.map(() => 0);
  for (const slice of record.slices) {
    slice.born.forEach((born, i) => (open[i] += born));
    for (const cell of slice.cells) {
      open[cell.region * classes + cell.class] -= total(cell.outcomes);
      cell.outcomes.forEach((count, i) => (outcomes[i] += count));
    }
    // Whatever the slice: nothing has ended that was not born.
    for (const count of open) holds(count >= 0, "more have ended than were born");
  }
  expect(outcomes).toEqual(record.outcomesTotal);
  expect(record.bornTotal).toBe(total(outcomes) + record.inFlightAtEnd);
  expect(total(open)).toBe(record.inFlightAtEnd);
}

function checkOrderOfTime(record: RunRecord): void {
  let endMs = 0;
  for (const slice of record.slices) {
    holds(slice.startMs === endMs, "slices follow each other without a gap");
    holds(slice.endMs > slice.startMs, "a slice lasts");
    ({ endMs } = slice);
  }
  expect(endMs).toBe(record.endMs);
  for (const list of [record.notices, record.changes]) {
    let beforeMs = 0;
    for (const { atMs } of list) {
      holds(atMs >= beforeMs, "notices and changes stand in order of time");
      beforeMs = atMs;
    }
    expect(beforeMs).toBeLessThanOrEqual(record.endMs);
  }
}

/** What has left neither fails nor recovers any more, nor does what stood beneath it. */
function checkGone({ nodes, notices }: RunRecord): void {
  const gone = new Set<number>();
  const isGone = (id: number): boolean => id >= 0 && (gone.has(id) || isGone(nodes[id].parent));
  for (const { what, node } of notices) {
    if (what === "left") gone.add(node);
    if (what !== "failed" && what !== "recovered") continue;
    holds(!isGone(node), `${nodes[node].path} ${what} after it had left`);
  }
}

/**
 * A part of a latency is a difference of times: rounding may leave some last places of the time of
 * day below 0.
 */
function checkLatencies(record: RunRecord): void {
  for (const { cells } of record.slices) {
    for (const { latency, parts, outcomes, waitedLong, spilled, moved } of cells) {
      const completed = outcomes[0];
      const crumbs = 1e-12 * record.endMs * Math.max(1, completed);
      const sumMs = completed === 0 ? 0 : completed * latency.mean();
      const left = Math.abs(total(parts) - sumMs);
      holds(left <= crumbs + 1e-12 * sumMs, `the parts of latencies leave ${left} ms`);
      for (const part of parts) holds(part >= -crumbs, `a part of latencies is ${part}`);
      for (const count of [waitedLong, spilled, moved]) {
        holds(
          count >= 0 && count <= completed,
          `${count} of ${completed} waited, spilled or moved`,
        );
      }
    }
  }
}

function checkMachines(record: RunRecord, scenario: Scenario): void {
  const nodes = record.nodes
    .filter(({ kind }) => kind === "machine")
    .toSorted((a, b) => a.machine - b.machine);
  const sums = new Map<keyof MachineColumns, Float64Array>();
  const sumOf = (column: keyof MachineColumns): Float64Array => {
    const known = sums.get(column) ?? new Float64Array(nodes.length);
    sums.set(column, known);
    return known;
  };
  for (const { machines, endMs, startMs } of record.slices) {
    // Rounding of busy times: some last places of the time for each that ended in the slice.
    const crumbs = 1e-12 * endMs * (10 + total(machines.started));
    for (const column of Object.values<Float64Array>({ ...machines })) {
      for (const value of column) holds(value >= -crumbs, `a machine's counter is ${value}`);
    }
    machines.busyMs.forEach((busyMs, machine) => {
      const inServiceMs = machines.inServiceMs[machine];
      holds(busyMs <= inServiceMs + crumbs, `busy ${busyMs} of ${inServiceMs} in service`);
      const most = nodes[machine].cores * (endMs - startMs);
      holds(inServiceMs <= most + crumbs, `in service ${inServiceMs} of ${most}`);
    });
    for (const column of ["received", "completed", "rejected", "lost", "started"] as const) {
      const into = sumOf(column);
      machines[column].forEach((value, machine) => (into[machine] += value));
    }
    // What has arrived is done, refused, lost or still there; what a machine that is down met is
    // the rest.
    sumOf("received").forEach((received, machine) => {
      const ended =
        sumOf("completed")[machine] + sumOf("rejected")[machine] + sumOf("lost")[machine];
      const started = sumOf("started")[machine];
      holds(received >= ended, `${received} came to a machine where ${ended} ended`);
      holds(received >= started, `${received} came to a machine that began ${started}`);
      holds(started >= sumOf("completed")[machine], "what is completed has begun");
    });
  }
  const answered = proxyCountOf(record, "hits") + proxyCountOf(record, "coalesced");
  expect(answered + total(sumOf("completed"))).toBeGreaterThanOrEqual(record.outcomesTotal[0]);
  const patient = scenario.classes.every(({ timeoutMs }) => timeoutMs === null);
  const steady = scenario.events.every(({ kind }) => !STOPS.has(kind));
  // Where a connection breaks on its way, or a replica stops, the work runs on and nobody waits for
  // it.
  const broken = (record.connections?.broken ?? 0) + (record.proxies?.connections.broken ?? 0);
  if (!patient || !steady || broken > 0) return;
  const lost = total(sumOf("lost"));
  const there = total(sumOf("received")) - total(sumOf("completed")) - total(sumOf("rejected"));
  expect(there - lost).toBeLessThanOrEqual(record.inFlightAtEnd);
  // Whom the origin refuses is lost at its machine.
  if (scenario.origin === null) expect(lost).toBe(0);
}
const STOPS: ReadonlySet<EventKindName> = new Set([
  "fail",
  "fail-randomly",
  "remove",
  "drain",
  "fail-replica",
  "drain-replica",
]);

/**
 * opened = held + lost, of all and of every machine; regions, classes and balancers tell the same
 * as machines.
 */
function checkSessions({ sessions, slices, nodes }: RunRecord): void {
  const events = SESSION_EVENTS.map(() => 0);
  const counts = nodes.filter(({ machine }) => machine >= 0).map(() => SESSION_COUNTS.map(() => 0));
  for (const { cells, machines } of slices) {
    for (const cell of cells) cell.sessions.forEach((count, i) => (events[i] += count));
    machines.sessions.forEach((count, i) => {
      counts[Math.floor(i / SESSION_COUNTS.length)][i % SESSION_COUNTS.length] += count;
    });
  }
  if (sessions === null) {
    holds(total(events) === 0, "without sessions none are counted");
    return;
  }
  expect(sessions.opened).toBe(total(sessions.held) + sessions.lost);
  counts.forEach(([opened, movedIn, movedOut, lost], machine) => {
    holds(
      opened + movedIn - movedOut - lost === sessions.held[machine],
      `machine ${machine}: ${opened} + ${movedIn} − ${movedOut} − ${lost} are not ${sessions.held[machine]}`,
    );
  });
  const [opened, movedIn, movedOut, lost, bytes] = SESSION_COUNTS.map((_, i) =>
    total(counts.map((row) => row[i])),
  );
  expect(events).toEqual([opened, movedIn, lost, bytes]);
  expect([opened, lost, movedIn]).toEqual([sessions.opened, sessions.lost, movedOut]);
}

/** Nobody goes anywhere unless it was born, and what is stale was used. */
function checkFrontDoor({ frontDoor, slices, bornTotal }: RunRecord): void {
  const sums = DOOR_COUNTS.map(() => 0);
  for (const { door } of slices) {
    holds((door !== null) === (frontDoor !== null), "a front door is counted where there is one");
    door?.forEach((count, i) => {
      holds(count >= 0, `a front door's counter is ${count}`);
      sums[i % DOOR_COUNTS.length] += count;
    });
  }
  const [lookups, uses, stale] = sums;
  holds(uses <= bornTotal && stale <= uses && lookups <= bornTotal, `door: ${sums.join(", ")}`);
}

/** opened = closed + broken + open, and who came to a balancer's cache found, fetched or waited. */
function checkProxies({ proxies, slices }: RunRecord): void {
  if (proxies === null) return;
  const { opened, closed, broken, open } = proxies.connections;
  expect(opened).toBe(closed + broken + open);
  const width = PROXY_COUNTS.length;
  const sums = new Float64Array(proxies.replicas.length * width);
  for (const slice of slices) {
    slice.proxies.forEach((count, i) => {
      holds(count >= -1e-6, `a balancer's ${PROXY_COUNTS[i % width]} is ${count}`);
      sums[i] += count;
    });
  }
  // Of all replicas together, since a connection's answers may come by another one than it went by.
  const whole = (name: ProxyCountName): number =>
    total(sums.filter((_, i) => i % width === PROXY_COUNTS.indexOf(name)));
  const visits = 2 * whole("arrived");
  holds(whole("worked") <= visits, "who passes visits the cores once on each way at most");
  for (let at = 0; at < sums.length; at += width) {
    const of = (name: ProxyCountName): number => sums[at + PROXY_COUNTS.indexOf(name)];
    holds(of("packets") === 0 || of("passed") + of("full") === 0, "layer 4 reads nothing");
    const found = of("hits") + of("coalesced") + of("misses") + of("passed");
    holds(found <= of("arrived"), `${found} looked up of ${of("arrived")}`);
    holds(of("busy-ms") <= of("core-ms") + 1e-6, "cores are busy at most all the time");
    holds(of("held-ms") <= of("open-ms") + 1e-6, "what is in use is open");
    const ended = of("idled") + of("spent") + of("left") + of("broken");
    holds(ended <= of("opened"), `${ended} connections ended of ${of("opened")}`);
  }
}

/** opened = closed + broken + open, of all, and never less than nothing anywhere. */
function checkConnections({ connections, slices, regions }: RunRecord): void {
  const width = CONNECTION_COUNTS.length;
  const counts = regions.map(() => CONNECTION_COUNTS.map(() => 0));
  let open = 0;
  for (const slice of slices) {
    if (connections === null) holds(slice.connections === null, "without any none are counted");
    if (slice.connections === null) continue;
    slice.connections.counts.forEach((count, i) => {
      holds(count >= 0, "counts only grow");
      counts[Math.floor(i / width)][i % width] += count;
    });
    for (const held of slice.connections.open) holds(held >= 0, `a node holds ${held} connections`);
    [open] = slice.connections.open;
  }
  if (connections === null) return;
  const sum = (prefix: string): number =>
    total(
      counts.map((row) => total(row.filter((_, i) => CONNECTION_COUNTS[i].startsWith(prefix)))),
    );
  for (const row of counts) {
    const of = (name: (typeof CONNECTION_COUNTS)[number]): number =>
      row[CONNECTION_COUNTS.indexOf(name)];
    holds(of("reconnects") <= of("opened"), "a reconnect opens a connection");
    holds(of("full") + of("resumed") + of("early") <= of("opened"), "one handshake each at most");
    holds(of("round-trips") >= of("opened"), "each takes a round trip at least");
  }
  expect(sum("opened")).toBe(connections.opened);
  expect(sum("closed-")).toBe(connections.closed);
  expect(sum("broken-")).toBe(connections.broken);
  expect(open).toBe(connections.open);
  expect(connections.opened).toBe(connections.closed + connections.broken + connections.open);
}

/** Whether connections of layer 7 were open through layer 4 beneath it. */
function hasOwnThroughLayer4({ layers, nodes, slices }: RunRecord): boolean {
  const sevens = layers.filter(({ layer }) => layer === 7).map(({ node }) => nodes[node].path);
  return layers.some(
    ({ node, layer }) =>
      layer === 4 &&
      sevens.some((path) => nodes[node].path.startsWith(`${path}/`)) &&
      slices.some(({ connections }) => connections!.open[node] > 0),
  );
}

/** Stops and goes on as a playground does. */
function inSteps({ scenario, inputs }: Readable, steps: readonly number[]): RunRecord {
  const simulation = new Simulation(scenario, inputs);
  for (const step of steps) {
    if (step % 3 === 0) simulation.runSome(step);
    else simulation.runUntil(simulation.nowMs + step);
  }
  simulation.runUntil(NEVER);
  return simulation.finish();
}

/** Everything that is asked of a run; it is repeated as a whole and in steps. */
function checkRun(readable: Readable, record: RunRecord, stops: readonly number[]): void {
  const { scenario, inputs } = readable;
  checkConservation(record);
  checkOrderOfTime(record);
  checkGone(record);
  checkLatencies(record);
  checkMachines(record, scenario);
  checkSessions(record);
  checkFrontDoor(record);
  checkProxies(record);
  checkConnections(record);
  const written = JSON.stringify(record);
  expect(JSON.stringify(simulate(scenario, inputs))).toBe(written);
  expect(JSON.stringify(inSteps(readable, stops))).toBe(written);
}

/**
 * A failure tells the smallest scenario found as a file that can be run, and where the run was
 * stopped.
 */
function tellWhole(out: RunDetails<[string, number[]]>): void {
  if (!out.failed || out.counterexample === null) return;
  const [text, steps] = out.counterexample;
  throw new Error(
    `seed ${out.seed}, path ${out.counterexamplePath}; steps ${steps.join(", ")}; random.yaml:\n${text}`,
    { cause: out.errorInstance },
  );
}

/** Enough for every entry of the registries to come up (the second test says so). */
const RUNS = 130;

describe("random scenarios", () => {
  const seen = new Map<string, number>();
  const steps = array(integer({ min: 0, max: 200 }), { maxLength: 6 });
  const texts = gen().map((draw) => randomText(new Draws(draw)));

  it("lose nothing, run forward in time and can be repeated, stopped and continued", () => {
    assert(
      property(texts, steps, (text, stops) => {
        const { scenario, inputs } = readRandom(text);
        const record = simulate(scenario, inputs);
        for (const name of occurrencesIn(scenario, record.endMs)) {
          seen.set(name, (seen.get(name) ?? 0) + 1);
        }
        record.outcomesTotal.forEach((count, i) => {
          if (count > 0) seen.set(`outcome/${OUTCOMES[i]}`, 1);
        });
        for (const { machines, connections, proxies, door } of record.slices) {
          if (door !== null && door[2] > 0) seen.set("stale", 1);
          proxies.forEach((count, i) => {
            if (count > 0) seen.set(`proxy/${PROXY_COUNTS[i % PROXY_COUNTS.length]}`, 1);
          });
          connections?.counts.forEach((count, i) => {
            const name = CONNECTION_COUNTS[i % CONNECTION_COUNTS.length];
            if (count > 0) seen.set(`connection/${name}`, 1);
          });
          machines.sessions.forEach((count, i) => {
            if (count > 0) seen.set(`session/${SESSION_COUNTS[i % SESSION_COUNTS.length]}`, 1);
          });
          machines.misses.forEach((count, i) => {
            if (count > 0) seen.set(`miss/${MISSES[i % MISSES.length]}`, 1);
          });
        }
        if (hasOwnThroughLayer4(record)) seen.set("own", 1);
        checkRun({ scenario, inputs }, record, stops);
      }),
      { seed: 20_260_103, numRuns: RUNS, reporter: tellWhole },
    );
  });

  it("had every entry of the registries, every discipline and every event among them", () => {
    const wanted = REGISTRY_NAMES.flatMap((from) =>
      registries[from].map(({ name }) => `${from}/${name}`),
    );
    expect([...seen.keys()]).toEqual(expect.arrayContaining(wanted));
    const disciplines = ["fifo", "lifo", "processor-sharing"].map((name) => `discipline/${name}`);
    const kinds = Object.keys(EVENT_KINDS).map((kind) => `event/${kind}`);
    const ends = OUTCOMES.map((name) => `outcome/${name}`);
    const misses = MISSES.map((name) => `miss/${name}`);
    const sessions = SESSION_COUNTS.map((name) => `session/${name}`);
    expect([...seen.keys()]).toEqual(expect.arrayContaining([...ends, ...misses, ...sessions]));
    const tiers = [1, 2, 3, 4].map((n) => `tiers/${n}`);
    expect([...seen.keys()]).toEqual(expect.arrayContaining([...disciplines, ...kinds, ...tiers]));
    const settings = ["slow-start", "bandwidth", "bandwidths", "proxies", "stretched"];
    expect([...seen.keys()]).toEqual(expect.arrayContaining([...settings, "stale", "own"]));
    const proxies = PROXY_COUNTS.map((name) => `proxy/${name}`);
    expect([...seen.keys()]).toEqual(expect.arrayContaining(proxies));
    // Too rare for so few runs: theory-connections.test.ts and front-connections.test.ts have them.
    const rare = new Set<string>(["broken-by-move", "broken-by-door"]);
    const connections = CONNECTION_COUNTS.filter((name) => !rare.has(name));
    expect([...seen.keys()]).toEqual(
      expect.arrayContaining(connections.map((name) => `connection/${name}`)),
    );
  });
});

/** Longer searches than the one above have found these; each was a mistake once. */
describe("what was found once", () => {
  const rest = "clients: { ann: { users: 4, arrivals: { poisson: 100/s } } }\n";
  const found: Readonly<Record<string, string>> = {
    "mod-n of the raw key of nobody": `
duration: 200ms
${rest}requests: { demand: 1ms, affinity: none }
balancer: { strategy: { mod-n: raw }, targets: [{ machines: 3 }] }`,
    "a trace of more objects than its users' working sets": `
duration: 1s
clients: { ann: { users: 4, arrivals: { trace: trace.csv } } }
requests: { demand: 1ms, objects: { per-user: 1 } }
balancer: { targets: [{ machines: 1, cache: { fifo: 2832B } }] }`,
    "a machine that becomes faster while it pays for a miss": `
duration: 500ms
${rest}requests: { demand: 0.1ms, on-miss: 20ms, miss-holds: core }
balancer: { targets: [{ machines: 1, cache: { lru: 1 }, warm: false }] }
events: [{ at: 103ms, slow: global/1, by: 0.1 }]`,
    "a run whose last request never comes": `
stop-after: 100 requests
window: 15ms
${rest}requests: { demand: 1ms }
balancer: { targets: [{ machines: 1 }] }
events: [{ at: 50ms, rate: ann, times: 0 }]`,
    "what drains and is empty as it crashes, since its connections break": `
duration: 1s
${rest}connections: { protocol: http/2 }
requests: { demand: 1ms }
balancer: { layer: 4, targets: [{ machines: 2 }] }
events: [{ at: 300ms, drain: global/1 }, { at: 400ms, fail: global/1, for: 100ms }]`,
  };
  for (const [name, text] of Object.entries(found)) {
    it(name, () => {
      const readable = readRandom(text);
      checkRun(readable, simulate(readable.scenario, readable.inputs), [93, 50, 7, 60]);
    });
  }
});

/** A record, so that the compiler misses what is missing. */
const EVENT_KINDS: Record<EventKindName, true> = {
  add: true,
  remove: true,
  drain: true,
  fail: true,
  recover: true,
  "fail-randomly": true,
  slow: true,
  cut: true,
  delay: true,
  mend: true,
  rate: true,
  purge: true,
  strategy: true,
  weight: true,
  "fail-replica": true,
  "drain-replica": true,
  "add-replica": true,
};
