/** `clients`: the regions that ask. */
import type { Geography } from "./geography.ts";
import { HERE } from "./geography.ts";
import { nameProblem } from "./patterns.ts";
import type { Position } from "./problem.ts";
import { readFront } from "./read-front.ts";
import { readConnections } from "./read-connections.ts";
import { readRecord } from "./read-record.ts";
import { readShares } from "./read-requests.ts";
import type { Reading } from "./reading.ts";
import type { ClientRegion, RequestClass } from "./scenario.ts";
import { clientShape } from "./shapes.ts";
import type { TreeNode } from "./tree.ts";
import { typeInWords } from "./tree.ts";

const DEFAULT_USERS = 100_000;

export interface ClientsRead {
  readonly regions: readonly ClientRegion[];
  /** Where each names its place, or null where it names none; in their order. */
  readonly placed: readonly (Position | null)[];
  /** Where each speaks of its bandwidth, or null where it does not. */
  readonly links: readonly (Position | null)[];
  /** Where each begins. */
  readonly at: readonly Position[];
}

/** @param connections those of all clients, as written */
export function readClients(
  node: TreeNode,
  connections: TreeNode | null,
  classes: readonly RequestClass[],
  geography: Geography,
  reading: Reading,
): ClientsRead {
  const { problems } = reading;
  const regions: ClientRegion[] = [];
  const placed: (Position | null)[] = [];
  const links: (Position | null)[] = [];
  const at: Position[] = [];
  const would = "write for example europe: { arrivals: { poisson: 100/s } }";
  if (node.type !== "map" || node.entries.size === 0) {
    const what = node.type === "map" ? "there are no clients" : `clients is ${typeInWords(node)}`;
    problems.error(node.at, what, would);
    return { regions, placed, links, at };
  }
  const shared = sharedConnections(connections, reading);
  for (const { key, keyAt, value } of node.entries.values()) {
    const wrong = nameProblem(key, "a client region");
    if (wrong !== null) problems.error(keyAt, wrong.what, wrong.would);
    const noun = `the client region ${key}`;
    const read = readRecord(clientShape, value, { noun }, reading);
    if (read === null) continue;
    const { values } = read;
    // A closed loop brings its own users.
    const looping = values.arrivals.settings.users;
    const bound = typeof looping === "number" ? looping : 0;
    if (values.users !== null && values.users < bound) {
      const what = `${key} has ${values.users} users, of whom ${bound} ask`;
      problems.error(read.at("users"), what, "leave users out or write more");
    }
    const written = read.has("connections") ? values.connections : undefined;
    const own = readConnections(shared, written, `the connections of ${key}`, reading);
    const place = values.at === null ? null : geography.placeOf("at", values.at);
    regions.push({
      name: key,
      place: place ?? geography.index(HERE),
      users: values.users ?? (bound > 0 ? bound : DEFAULT_USERS),
      arrivals: values.arrivals,
      shares: readShares(values.classes, classes, key, reading),
      ...readFront(read, key, reading),
      ...(own !== null && { connections: own }),
    });
    links.push(read.has("bandwidth") ? read.at("bandwidth") : null);
    placed.push(values.at === null ? null : read.at("at"));
    at.push(keyAt);
  }
  return { regions, placed, links, at };
}

/** What is wrong with them as a whole is no region's fault. */
function sharedConnections(node: TreeNode | null, { problems }: Reading): TreeNode | null {
  if (node === null || node.type === "map") return node;
  const would = "write a map such as { idle: 60s, tls: 1.3 }";
  problems.error(node.at, `connections is ${typeInWords(node)}`, would);
  return null;
}
