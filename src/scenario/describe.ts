/** A scenario in plain sentences: `lbsim explain FILE`. */
import {
  describeBandwidths,
  describeFrontDoor,
  describeLink,
  describeSizes,
} from "./describe-front.ts";
import { describeConnections, describeHandshakes, describeLayer } from "./describe-connections.ts";
import { describeEvent } from "./describe-events.ts";
import { describeProxy } from "./describe-proxies.ts";
import { meanRate, offeredLoads } from "./offered-load.ts";
import type { OwnLoad } from "./own-load.ts";
import { metrics } from "../statistics/metrics/registry.ts";
import { BOUND_KINDS } from "./read-expect.ts";
import type {
  BalancerSpec,
  ClientRegion,
  Expectation,
  MachinesSpec,
  OriginSpec,
  RequestClass,
  Scenario,
} from "./scenario.ts";
import {
  countOf,
  formatChosen,
  formatNumber,
  formatQuantity,
  formatRate,
  formatShare,
} from "./words.ts";
import { formatDuration } from "./units.ts";

/** Lines without breaks; those of a list begin with two blanks for each level. */
export function describeScenario(
  scenario: Scenario,
  numbers: ReadonlyMap<string, Float64Array> = new Map(),
): string[] {
  const lines: string[] = [];
  if (scenario.question !== "") lines.push(`Question: ${scenario.question}`);
  if (scenario.expectation !== "") lines.push(`Expected: ${scenario.expectation}`);
  if (scenario.reason !== "") lines.push(`Because: ${scenario.reason}`);
  if (lines.length > 0) lines.push("");
  lines.push(describeRun(scenario), "", "Clients");
  for (const client of scenario.clients) lines.push(`  ${describeClient(client, scenario)}`);
  for (const line of describeBandwidths(scenario)) lines.push(`  ${line}`);
  lines.push("", "Requests");
  for (const one of scenario.classes)
    for (const line of describeClass(one, scenario)) lines.push(`  ${line}`);
  lines.push("", "Balancers");
  describeBalancer(scenario.root, scenario, 1, lines);
  if (scenario.origin !== null) lines.push("", describeOrigin(scenario.origin, scenario));
  lines.push(
    "",
    "Offered load (arrival rate × mean demand / capacity; misses that hold a core come on top)",
  );
  for (const offered of offeredLoads(scenario, numbers)) {
    const { path, tier, ratePerMs, capacity, load, isBound, own } = offered;
    const cores = countOf(capacity, "core of speed 1", "cores of speed 1");
    const there = `${formatRate(ratePerMs)} on ${cores}, ${shareText(load, isBound === true)}`;
    const here = own === undefined ? "" : `; on its own cores ${ownText(own)}`;
    lines.push(`${"  ".repeat(tier + 1)}${path}: ${there}${here}`);
  }
  if (scenario.events.length > 0) lines.push("", "Events");
  for (const event of scenario.events) lines.push(`  ${describeEvent(event, scenario)}`);
  if (scenario.compare.length > 0) lines.push("", "Compared");
  for (const { path, values } of scenario.compare) lines.push(`  ${path}: ${values.join(", ")}`);
  if (scenario.expect.length > 0) lines.push("", "Expected to hold");
  for (const one of scenario.expect) lines.push(`  ${describeExpectation(one)}`);
  return lines;
}

/** @param isBound responses from caches take off what nobody knows beforehand */
function shareText(load: number, isBound: boolean): string {
  const share = formatShare(load);
  if (isBound) return `${share} at most: responses from caches come off`;
  return load >= 1 ? `${share}: more than it can serve` : share;
}

function ownText({ load, isBound, uncounted }: OwnLoad): string {
  if (Number.isNaN(load)) return formatShare(load);
  if (uncounted === "early" || uncounted === "some") {
    const much = load >= 1 ? ", more than it can serve" : "";
    const any = uncounted === "some" ? ", and for all that may carry any number" : "";
    return `${formatShare(load)} at least${much}; more where connections end before their last request${any}`;
  }
  if (uncounted === "none") return shareText(load, isBound);
  if (load !== 0) return `${shareText(load, isBound)}, new connections come on top`;
  return "new connections alone, and how many there will be is not known beforehand";
}

function describeOrigin({ place, cores, queueLimit }: OriginSpec, { places }: Scenario): string {
  const where = place === null ? "" : ` at ${places[place].name}`;
  const room = queueLimit === null ? "any number" : formatNumber(queueLimit);
  return (
    `Misses are fetched from an origin${where} with ${countOf(cores, "core")}, where ${room} may ` +
    "wait; what a miss adds is core time there."
  );
}

function describeExpectation({ metric, of, duringMs, above, below }: Expectation): string {
  const unit = metrics.find(({ name }) => name === metric)?.unit ?? "ratio";
  const said = (bound: number): string => formatQuantity(bound, BOUND_KINDS[unit]);
  const where = of === null ? "" : ` of ${of}`;
  const when = duringMs === null ? "" : ` from ${duringMs.map(formatDuration).join(" to ")}`;
  const bounds = [
    ...(above === null ? [] : [`above ${said(above)}`]),
    ...(below === null ? [] : [`below ${said(below)}`]),
  ];
  return `${metric}${where}${when} ${bounds.join(" and ")}`;
}

function describeRun({ durationMs, requestLimit, warmupMs, windowMs, seed }: Scenario): string {
  const ends = [
    ...(durationMs === null ? [] : [`lasts ${formatDuration(durationMs)}`]),
    ...(requestLimit === null ? [] : [`ends after ${formatNumber(requestLimit)} requests`]),
  ].join(" or ");
  const warmup =
    warmupMs === 0
      ? "Everything is counted"
      : `The first ${formatDuration(warmupMs)} are not counted`;
  return `The run ${ends}. ${warmup}. Series have windows of ${formatDuration(windowMs)}. Seed ${seed}.`;
}

function describeClient(client: ClientRegion, scenario: Scenario): string {
  const { name, users, arrivals, shares } = client;
  const where = scenario.places.length > 1 ? ` at ${scenario.places[client.place].name}` : "";
  const rate = meanRate(client, scenario);
  const mean = Number.isNaN(rate) ? "" : `, ${formatRate(rate)} on average`;
  const usual = scenario.classes.every(({ share }, i) => share === shares[i]);
  const mix = scenario.classes.map((one, i) => `${formatShare(shares[i])} ${one.name}`).join(", ");
  const own = usual ? "" : `; ${mix}`;
  const when = formatChosen(arrivals, "arrivals", "number");
  const { connections } = client;
  const by = connections === undefined ? "" : `; ${describeConnections(connections)}`;
  return `${name}${where}: ${countOf(users, "user")}, arrivals ${when}${mean}${own}${by}${describeLink(client)}`;
}

function describeClass(one: RequestClass, scenario: Scenario): string[] {
  const { objects, demand, onMiss, missHolds, size, timeoutMs, afterTimeout, affinity, session } =
    one;
  const popularity = formatChosen(objects.popularity, "popularities", "number");
  const hot =
    objects.hot === null
      ? ""
      : `; the first ${formatNumber(objects.hot.objects)} get ${formatShare(objects.hot.share)} beforehand`;
  const asked =
    objects.perUser === null
      ? `${countOf(objects.count, "object")}, popularity ${popularity}${hot}`
      : `${countOf(objects.perUser, "object")} of each user's own`;
  const alone = scenario.classes.length === 1;
  const lines = [
    `${alone ? "" : `${one.name}, ${formatShare(one.share)}: `}${asked}; hash strategies hash the ${affinity}`,
    `${alone ? "" : "  "}demand ${formatChosen(demand, "distributions", "duration")} of core time at speed 1`,
  ];
  const indent = alone ? "" : "  ";
  const told = describeToldBy(one);
  if (told !== "") lines.push(`${indent}${told}`);
  if (onMiss !== null) {
    const holds = missHolds === "core" ? "holding a core" : "without a core";
    lines.push(
      `${indent}a cache miss adds ${formatChosen(onMiss, "distributions", "duration")}, ${holds}`,
    );
  }
  if (size !== null) lines.push(`${indent}size ${formatChosen(size, "distributions", "size")}`);
  for (const line of describeSizes(one, scenario)) lines.push(`${indent}${line}`);
  if (session !== undefined) {
    const { state, saveMs, openMs, bandwidth } = session;
    lines.push(
      `${indent}a user's session has a state of ${formatChosen(state, "distributions", "size")}; ` +
        `on another machine than the last it is saved in ${formatDuration(saveMs)} of core time ` +
        `there, carried at ${formatQuantity(bandwidth, "bandwidth")} and opened in ` +
        `${formatDuration(openMs)} of core time here`,
    );
  }
  const after = afterTimeout === "cancel" ? "is cancelled" : "runs on to its end";
  lines.push(
    timeoutMs === null
      ? `${indent}clients wait as long as it takes`
      : `${indent}clients give up after ${formatDuration(timeoutMs)}; the work ${after}`,
  );
  return lines;
}

/** What routes can tell it by. */
function describeToldBy({ host, path, headers, cookies }: RequestClass): string {
  const pairs = (what: string, given: RequestClass["headers"]): string[] =>
    Object.entries(given ?? {}).map(([name, value]) => `${what} ${name} = ${value}`);
  const told = [
    ...(host === undefined ? [] : [`host ${host}`]),
    ...(path === undefined ? [] : [`path ${path}`]),
    ...pairs("header", headers),
    ...pairs("cookie", cookies),
  ];
  return told.length === 0 ? "" : `asks for ${told.join(", ")}`;
}

function describeBalancer(
  spec: BalancerSpec,
  scenario: Scenario,
  depth: number,
  lines: string[],
): void {
  const indent = "  ".repeat(depth);
  const parts = [formatChosen(spec.strategy, "strategies", "number")];
  if (spec.replicas > 1)
    parts.push(`${formatNumber(spec.replicas)} replicas, each counting only its own`);
  if (spec.weight !== 1) parts.push(`weight ${formatNumber(spec.weight)}`);
  const { health } = spec;
  if (health === null) parts.push("no health checks");
  else {
    const { intervalMs, timeoutMs, rise, fall, asks } = health;
    const times = `${formatDuration(intervalMs)}, timeout ${formatDuration(timeoutMs)}`;
    const turn = asks === "queue" ? ", in the machines' queues" : "";
    parts.push(`probes every ${times}${turn}, up after ${rise}, down after ${fall}`);
  }
  if (spec.reportIntervalMs !== null)
    parts.push(`reports every ${formatDuration(spec.reportIntervalMs)}`);
  if (spec.panic > 0 && health !== null) parts.push(`panic below ${formatShare(spec.panic)}`);
  parts.push(...describeFrontDoor(spec), ...describeLayer(spec, scenario));
  parts.push(...describeKeeping(spec));
  const place = placeName(spec.place, scenario);
  const where = spec.place === null && scenario.places.length > 1 ? " where each client is" : place;
  lines.push(`${indent}${spec.name}${where}: ${parts.join("; ")}`);
  for (const line of describeProxy(spec)) lines.push(`${indent}  ${line}`);
  for (const target of spec.targets) {
    if (target.kind === "balancer") describeBalancer(target, scenario, depth + 1, lines);
    else lines.push(`${indent}  ${describeMachines(target, spec, scenario)}`);
  }
}

/** Persistence and slow start, where there are any. */
function describeKeeping({ persistence, slowStart }: BalancerSpec): string[] {
  const parts: string[] = [];
  if (persistence !== undefined) {
    const how = formatChosen(persistence, "persistences", "number");
    parts.push(`users stay where they are by ${how}, whatever the strategy and the affinity`);
  }
  if (slowStart !== undefined) {
    const window = formatDuration(slowStart.windowMs);
    const from = formatShare(slowStart.from);
    parts.push(`targets that come rise from ${from} to their whole weight in ${window}`);
  }
  return parts;
}

function describeMachines(spec: MachinesSpec, above: BalancerSpec, scenario: Scenario): string {
  const last = spec.first + spec.count - 1;
  const numbers = last === spec.first ? `machine ${last}` : `machines ${spec.first}..${last}`;
  const where = spec.place === above.place ? "" : placeName(spec.place, scenario);
  const parts = [`${countOf(spec.cores, "core")} each`];
  if (spec.speed !== 1) parts.push(`speed ${formatNumber(spec.speed)}`);
  if (spec.weight !== 1) parts.push(`weight ${formatNumber(spec.weight)}`);
  const { queueLimit, discipline, cache } = spec;
  parts.push(
    queueLimit === null
      ? `unlimited ${discipline} queue`
      : `${discipline} queue of ${formatNumber(queueLimit)}`,
  );
  if (cache !== null) {
    parts.push(`${formatChosen(cache, "caches", "number")} cache, ${spec.warm ? "warm" : "cold"}`);
  }
  parts.push(...describeHandshakes(spec));
  return `${numbers}${where}: ${parts.join(", ")}`;
}

function placeName(place: number | null, scenario: Scenario): string {
  return place === null || scenario.places.length < 2 ? "" : ` at ${scenario.places[place].name}`;
}
