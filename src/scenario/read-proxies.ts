/** What a balancer of layer 7 does beside picking: its work, connections, response cache. */
import { millis } from "../units.ts";
import type { Millis } from "../units.ts";
import { orList } from "./problem.ts";
import type { Position } from "./problem.ts";
import { readPick } from "./read-pick.ts";
import { readRecord } from "./read-record.ts";
import type { RecordRead } from "./read-record.ts";
import { readRoutes } from "./read-routes.ts";
import type { ClassNamed, Condition } from "./read-routes.ts";
import type { Reading } from "./reading.ts";
import { registries } from "./registries.ts";
import type {
  BackendsSpec,
  BalancerSpec,
  MachinesSpec,
  ResponseCacheSpec,
  WorkSpec,
} from "./scenario.ts";
import { poolShape, responseCacheShape, workShape } from "./shapes-proxies.ts";
import type { balancerShape } from "./shapes-tree.ts";
import type { MapNode, TreeNode } from "./tree.ts";
import { mapNode, textNode, typeInWords } from "./tree.ts";

type Read = RecordRead<typeof balancerShape>;

/** Why a layer-4 balancer cannot have it. */
const NOT_AT_LAYER_4 = {
  work: "TLS and requests pass it unread, and its work on packets is forwarding",
  pool: "it opens none, and forwards those of others",
  "response-cache": "nothing that it forwards can be read",
  routes: "it sees addresses and ports alone",
} as const;

/** A balancer whose work is by bytes. */
export interface Weighed {
  readonly at: Position;
  readonly path: string;
}
/** What one tree asks of its classes. */
export interface Asked {
  readonly weighed: Weighed[];
  readonly named: ClassNamed[];
  readonly conditions: Condition[];
}

type Given = Pick<BalancerSpec, "work" | "pool" | "responseCache" | "routes">;

/** Of one balancer; only what it has. What its rules ask of classes is added to `asked`. */
export function readProxy(
  read: Read,
  { path, targets }: { path: string; targets: readonly (BalancerSpec | MachinesSpec)[] },
  asked: Asked,
  reading: Reading,
): Given {
  if (read.values.layer === 4) {
    let field: keyof typeof NOT_AT_LAYER_4;
    for (field in NOT_AT_LAYER_4) {
      // none is no contradiction: a comparison of layers may leave it standing.
      if (read.values[field] === null) continue;
      const what = `${path} has ${field} at layer 4: ${NOT_AT_LAYER_4[field]}`;
      reading.problems.error(read.keyAt(field), what, "leave it out or write layer: 7");
    }
    return {};
  }
  const { values } = read;
  const work = values.work === null ? null : readWork(values.work, path, asked.weighed, reading);
  const pool = values.pool === null ? null : readPool(values.pool, reading);
  const cache = values["response-cache"];
  const responseCache = cache === null ? null : readResponseCache(cache, asked.named, reading);
  const rules = values.routes;
  const routes = rules === null ? null : readRoutes(rules, path, targets, asked, reading);
  if (routes !== null && values.persistence !== null) {
    const what = `${path} has routes and persistence`;
    const would = "its rules alone decide: let the targets that they name keep users";
    reading.problems.error(read.keyAt("persistence"), what, would);
  }
  return {
    ...(work !== null && { work }),
    ...(pool !== null && { pool }),
    ...(responseCache !== null && { responseCache }),
    ...(routes !== null && { routes }),
  };
}

function readWork(
  node: TreeNode,
  path: string,
  weighed: Weighed[],
  reading: Reading,
): WorkSpec | null {
  const read = readRecord(workShape, node, { noun: "work", elsewhere: AT_LAYER_4 }, reading);
  if (read === null) return null;
  const { cores, handshake, resumed, request, "per-kB": perKb } = read.values;
  if (!WORK.some((field) => read.has(field))) {
    const would = "write for example request: 0.1ms, or leave work out";
    reading.problems.error(node.at, "work does not say what there is to do", would);
  }
  if (perKb > 0) weighed.push({ at: read.at("per-kB"), path });
  return {
    cores,
    handshakeMs: millis(handshake),
    resumedMs: millis(resumed),
    request,
    perKbMs: millis(perKb),
  };
}

/** Who ends connections reads bytes: the segments in which they come are layer 4's. */
const AT_LAYER_4 = new Map([
  ["packet", "packets are work at layer 4 alone, as forwarding: write per-kB"],
  ["segment", "packets are work at layer 4 alone, as forwarding: write per-kB"],
  ["connection", "write handshake, or at layer 4 forwarding: { connection: … }"],
]);

const WORK = ["handshake", "resumed", "request", "per-kB"] as const;

/** `pool: fresh` opens a connection for each request. */
function readPool(node: TreeNode, reading: Reading): BackendsSpec {
  const isFresh = node.type === "text" && node.text === "fresh";
  const one = { key: "requests", keyAt: node.at, value: textNode("1", node.at) };
  const whole = isFresh ? mapNode([one], node.at) : node;
  if (whole.type === "text") {
    if (node.type === "text" && node.text === "0") {
      const what = "pool is 0, and without a connection no request gets through";
      reading.problems.error(node.at, what, "write pool: fresh, for a connection a request");
      return anyPool(node, reading);
    }
    const would = "write fresh or a map such as { connections: 100, idle: 60s }";
    reading.problems.error(node.at, `pool is ${typeInWords(node)}`, would);
    return anyPool(node, reading);
  }
  const read = readRecord(poolShape, whole, { noun: "pool" }, reading);
  if (read === null) return anyPool(node, reading);
  const { connections, idle, requests, protocol, streams, pending, tls, resume } = read.values;
  if (read.has("streams") && protocol !== "http/2") {
    const would = "write protocol: http/2, or leave streams out";
    reading.problems.error(read.keyAt("streams"), "HTTP/1.1 has no streams", would);
  }
  if (pending !== null && connections === null) {
    const would = "say how many connections there may be, or leave pending out";
    reading.problems.error(read.keyAt("pending"), "nobody waits for what has no limit", would);
  }
  if (resume > 0 && tls === "none") {
    const what = "sessions of TLS are to be resumed, and tls is none";
    reading.problems.error(read.at("resume"), what, "leave resume out or write tls: 1.3");
  }
  const idleMs = millisOf(idle);
  const resuming = resume > 0 && { resume };
  return { connections, idleMs, requests, protocol, streams, pending, tls, ...resuming };
}

/** In place of one that has been refused: what asks whether there is a pool must not complain too. */
const anyPool = ({ at }: TreeNode, reading: Reading): BackendsSpec =>
  readPool(mapNode([], at), reading);

const millisOf = (value: number | null): Millis | null => (value === null ? null : millis(value));

function readResponseCache(
  node: TreeNode,
  named: ClassNamed[],
  reading: Reading,
): ResponseCacheSpec | null {
  const read = readRecord(responseCacheShape, node, { noun: "response-cache" }, reading);
  if (read === null || node.type !== "map") return null;
  const cache = readPolicy(node, reading);
  if (cache === null) return null;
  const { ttl, cacheable, coalesce } = read.values;
  if (ttl !== null && (cache.settings["ttl"] ?? null) !== null) {
    reading.problems.error(read.keyAt("ttl"), "response-cache has two TTLs", "write one of them");
  }
  const settings = ttl === null ? cache.settings : { ...cache.settings, ttl };
  const classes = readNames(read.values.classes, reading);
  if (read.has("classes") && classes.length === 0) {
    const what = "response-cache is for no class, so it never stores anything";
    reading.problems.error(read.at("classes"), what, "name classes, or leave classes out: all");
  }
  named.push(...classes);
  return {
    cache: { ...cache, settings },
    cacheable,
    ...(classes.length > 0 && { classes: classes.map(({ name }) => name) }),
    coalesce,
  };
}

/** One name or a list of them; none where nothing is written. */
function readNames(node: TreeNode | null, { problems }: Reading): ClassNamed[] {
  if (node === null) return [];
  return (node.type === "list" ? node.items : [node]).flatMap((item): ClassNamed[] => {
    if (item.type === "text") return [{ name: item.text, at: item.at }];
    problems.error(item.at, `a class is ${typeInWords(item)}`, "write classes: [images, pages]");
    return [];
  });
}

function readPolicy(node: MapNode, reading: Reading): ResponseCacheSpec["cache"] | null {
  const names = registries.caches.map(({ name }) => name);
  const written = [...node.entries.values()].filter(({ key }) => names.includes(key));
  if (written.length !== 1) {
    const what =
      written.length === 0
        ? "response-cache has no policy"
        : `response-cache has both ${written[0].key} and ${written[1].key}`;
    reading.problems.error(node.at, what, `write one of ${orList(names)}: lru: 10_000`);
    return null;
  }
  const [entry] = written;
  const words = { name: "response-cache", from: "caches", unit: "number" } as const;
  return readPick(words, mapNode([entry], entry.keyAt), reading);
}
