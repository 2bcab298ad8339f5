/** `connections`: how users of a region reach the service, if not each request by itself. */
import { millis } from "../units.ts";
import { readRecord } from "./read-record.ts";
import type { Reading } from "./reading.ts";
import { MERGE_RULES } from "./registries.ts";
import type { ConnectionsSpec } from "./scenario.ts";
import { connectionsShape } from "./shapes-connections.ts";
import type { TreeNode } from "./tree.ts";
import { mergeTrees } from "./tree.ts";

/**
 * A region's own record lies over that of all clients; null: no connections.
 * @param own undefined: the region says nothing of them; null: none
 */
export function readConnections(
  all: TreeNode | null,
  own: TreeNode | null | undefined,
  noun: string,
  reading: Reading,
): ConnectionsSpec | null {
  const node = own === undefined ? all : own;
  if (node === null) return null;
  const whole =
    own === undefined || own === null || all === null ? node : mergeTrees(all, own, MERGE_RULES);
  const read = readRecord(connectionsShape, whole, { noun }, reading);
  if (read === null) return null;
  const { values } = read;
  const { problems } = reading;
  const { tls, resume } = values;
  const early = values["early-data"];
  if (early && tls !== "1.3") {
    const would = "write tls: 1.3 or leave early-data out";
    problems.error(read.at("early-data"), `early data needs TLS 1.3, and tls is ${tls}`, would);
  }
  if (early && tls === "1.3" && resume === 0) {
    const what = "early data is for resumed connections, and resume is 0";
    problems.error(read.at("early-data"), what, "write resume: 50% or leave early-data out");
  }
  if (resume > 0 && tls === "none") {
    const what = "sessions of TLS are to be resumed, and tls is none";
    problems.error(read.at("resume"), what, "leave resume out or write tls: 1.3");
  }
  return {
    protocol: values.protocol,
    requests: values.requests,
    idleMs: values.idle === null ? null : millis(values.idle),
    lifetime: values.lifetime,
    tls,
    resume,
    earlyData: early,
    websocket: values.websocket,
  };
}
