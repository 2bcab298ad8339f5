/**
 * Which balancers decide once a connection and which once a request. What a balancer says of its
 * layer is read with it; what it comes to shows when the whole tree and the clients are known.
 */
import type { Chosen } from "../definition.ts";
import { millis } from "../units.ts";
import type { Position } from "./problem.ts";
import { readPick } from "./read-pick.ts";
import type { RecordRead } from "./read-record.ts";
import { readRecord } from "./read-record.ts";
import type { TreePositions } from "./read-balancers.ts";
import type { Reading } from "./reading.ts";
import { registries } from "./registries.ts";
import type {
  BalancerSpec,
  ClientRegion,
  ForwardingSpec,
  Layer4Spec,
  NatSpec,
} from "./scenario.ts";
import { forwardingShape, natShape } from "./shapes-connections.ts";
import type { balancerShape } from "./shapes-tree.ts";
import type { TreeNode } from "./tree.ts";
import { textNode } from "./tree.ts";

/** What one balancer says. */
export interface LayerRead {
  /** null: nothing. */
  readonly layer: 4 | 7 | null;
  readonly layer4: Layer4Spec;
  /** Where it says so. */
  readonly at: Position;
  /** Where it says whom it keeps; null: it keeps nobody. */
  readonly keepsAt: Position | null;
}

/** What only a layer-4 balancer has. */
const ONLY_4 = ["spread", "nat", "direct-return", "forwarding"] as const;

export function readLayer(
  read: RecordRead<typeof balancerShape>,
  path: string,
  reading: Reading,
): LayerRead {
  const { problems } = reading;
  const { layer, persistence, replicas } = read.values;
  const at = read.at("layer");
  if (layer !== null && layer !== 4 && layer !== 7) {
    const would = "write 4 (decided once a connection) or 7 (once a request)";
    problems.error(at, `layer ${layer} is not modelled`, would);
  }
  if (layer !== 4) {
    for (const field of ONLY_4) {
      // `none` is what it has anyway, and takes off what an included file says.
      if (!read.has(field) || read.values[field] === null) continue;
      const what = `${field} belongs to layer 4, and ${path} decides once a request`;
      problems.error(read.keyAt(field), what, `leave ${field} out or write layer: 4`);
    }
  } else if (persistence?.kind === "cookie") {
    const what = "a layer-4 balancer sees no cookies";
    problems.error(read.at("persistence"), what, "leave persistence out or write layer: 7");
  }
  const spread = read.values.spread ?? modN(at, reading);
  const structure = registries.placements.find(({ name }) => name === spread.kind);
  const wrong = structure?.check?.(spread.settings, [{ count: replicas, weight: 1 }]) ?? null;
  if (wrong !== null) problems.error(read.at("spread"), `${spread.kind}: ${wrong}`);
  const nat = read.values.nat === null ? null : readNat(read.values.nat, reading);
  const given = read.values.forwarding;
  const forwarding = given === null ? null : readForwarding(given, reading);
  const layer4 = {
    spread,
    nat,
    directReturn: read.values["direct-return"],
    ...(forwarding !== null && { forwarding }),
  };
  const keepsAt = persistence === null ? null : read.at("persistence");
  return { layer: layer === 4 || layer === 7 ? layer : null, layer4, at, keepsAt };
}

function modN(at: Position, reading: Reading): Chosen {
  const words = { name: "spread", from: "placements", unit: "number" } as const;
  return readPick(words, textNode("mod-n", at), reading)!;
}

function readNat(node: TreeNode, reading: Reading): NatSpec | null {
  const read = readRecord(natShape, node, { noun: "nat" }, reading);
  if (read === null) return null;
  const { size, idle, shared } = read.values;
  const idleMs = idle === null ? null : millis(idle);
  return { size, idleMs, whenFull: read.values["when-full"], shared };
}

const AT_LAYER_7 = new Map(
  ["handshake", "resumed", "request", "per-kB"].map((field) => {
    return [field, `layer 4 cannot tell it: write packet or connection, or layer: 7 and work`];
  }),
);

function readForwarding(node: TreeNode, reading: Reading): ForwardingSpec | null {
  const words = { noun: "forwarding", elsewhere: AT_LAYER_7 };
  const read = readRecord(forwardingShape, node, words, reading);
  if (read === null) return null;
  const { problems } = reading;
  const { cores, packet, connection, segment } = read.values;
  if (!read.has("packet") && !read.has("connection")) {
    const would = "write for example packet: 1us, or leave forwarding out";
    problems.error(node.at, "forwarding does not say what there is to do", would);
  } else if (read.has("segment") && !read.has("packet")) {
    const would = "write for example packet: 1us, or leave segment out";
    problems.error(read.keyAt("segment"), "segment tells packets, and they cost nothing", would);
  }
  return {
    cores,
    packetMs: millis(packet),
    connectionMs: millis(connection),
    segmentBytes: segment,
  };
}

/** Whether a balancer has more to do with a request than to pick. */
const readsRequests = ({ work, pool, responseCache, routes }: BalancerSpec): boolean =>
  [work, pool, responseCache, routes].some((one) => one !== undefined);

/**
 * The tree with the layer of each balancer, where clients have connections; as it was where none
 * do.
 * @param placed the scenario has places: then a root without one stands wherever its clients are
 */
export function withLayers(
  root: BalancerSpec,
  { layers, handshakes }: Pick<TreePositions, "layers" | "handshakes">,
  clients: readonly ClientRegion[],
  placed: boolean,
  { problems }: Reading,
): BalancerSpec {
  const without = clients.filter(({ connections }) => connections === undefined);
  const connected = without.length < clients.length;
  const shaking = clients.some(({ connections }) => (connections?.tls ?? "none") !== "none");
  /** There is work on handshakes where there are none. @param above what opens connections to it */
  const checkWork = (path: string, ended: string | null, above: BalancerSpec | null): void => {
    const at = handshakes.get(path);
    const isDialed = (above?.pool?.tls ?? "none") !== "none";
    if (at === undefined || isDialed || (ended === null && shaking)) return;
    const write = "write connections: { tls: 1.3 }";
    const [why, would] = !connected
      ? ["clients have no connections", write]
      : ended === null
        ? ["clients' connections have no TLS", write]
        : [`clients' connections end at ${ended}`, `write pool: { tls: 1.3 } for ${above!.path}`];
    problems.warn(at, `nobody shakes hands with ${path}: ${why}`, `${would}, or leave it out`);
  };
  /** Layer 4 beneath layer 7: what comes there are that one's own connections. */
  const checkDialed = ({ path, pool }: BalancerSpec, at: Position, keepsAt: Position | null) => {
    // Websockets pin their way through both layers, and pass no pool.
    const isPinned = clients.every(({ connections }) => connections?.websocket === true);
    if (pool === undefined && !isPinned) {
      const what = `layer 4 decides once a connection, and ${path} above has none to its targets`;
      const would =
        `write pool: { idle: 60s } for ${path} (or pool: fresh), put the layer-4 balancer above ` +
        `${path}, or leave layer out`;
      problems.error(at, what, would);
    }
    if (keepsAt === null) return;
    const what = `layer 4 beneath ${path} sees the address of ${path}, not its users`;
    problems.error(keepsAt, what, `leave persistence out here, or write it for ${path}`);
  };
  /** @param above the nearest balancer of layer 7 */
  const settle = (
    spec: BalancerSpec,
    ended: string | null,
    above: BalancerSpec | null,
  ): BalancerSpec => {
    const { layer: written, layer4, at, keepsAt } = layers.get(spec.path)!;
    if (written === 4) {
      const would = "write connections: { idle: 60s }, or leave layer out";
      if (!connected) {
        problems.error(at, "layer 4 decides once a connection, and clients have none", would);
      } else if (ended !== null) {
        checkDialed(above!, at, keepsAt);
      } else if (without.length > 0) {
        const what = `layer 4 decides once a connection, and ${without[0].name} has none`;
        problems.error(at, what, "write connections for all clients");
      }
    }
    const isFound = placed || spec.frontDoor !== undefined;
    const isDoor = spec.path === root.path && spec.place === null && isFound;
    // Who reads requests ends connections, wherever it stands.
    const layer = written ?? (isDoor && !readsRequests(spec) ? "door" : 7);
    const endsHere = layer === 7 ? (ended ?? spec.path) : ended;
    checkWork(spec.path, ended, above);
    const dialer = layer === 7 ? spec : above;
    const targets = spec.targets.map((target) => {
      if (target.kind === "balancer") return settle(target, endsHere, dialer);
      checkWork(`${spec.path}/${target.first}`, endsHere, dialer);
      return target;
    });
    if (!connected) return { ...spec, targets };
    return { ...spec, layer, ...(layer === 4 && { layer4 }), targets };
  };
  return settle(root, null, null);
}
