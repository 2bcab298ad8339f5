/**
 * Links that hold everything: `#s=1.` and the scenario, its lanes and its touches as JSON, deflated
 * (RFC 1951) and written in base64url (RFC 4648 § 5). Nothing is asked of any server. What a link
 * brings is data: its shape is checked here, its scenario by the reader, as of any file.
 */

import { quote } from "../../scenario/problem.ts";
import type { LaneOrder, Touch } from "./engine/protocol.ts";

/** A touch, when it was made, and on which lane; null: on all. */
export interface SharedTouch {
  readonly atMs: number;
  readonly lane: number | null;
  readonly touch: Touch;
}
/** An `open` order, and what was touched since. */
export interface Shared {
  readonly name: string;
  readonly text: string;
  /** Other files that the scenario names, by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly lanes: readonly LaneOrder[];
  /** In the order in which they were made. */
  readonly touches: readonly SharedTouch[];
}
export type Opened = { readonly shared: Shared } | { readonly problem: string };

/** The version before the point says how to read what follows it. */
const VERSION = "1";
const PREFIX = "#s=";
/** As much as a scenario file may have (`MAX_SCENARIO_BYTES`), with room for lanes and touches. */
export const MOST_UNPACKED_BYTES = 1 << 20;
const MOST_LANES = 3;
const MOST_TOUCHES = 10_000;

/** Whether an address's hash claims to hold a scenario. */
export const isLink = (hash: string): boolean => hash.startsWith(PREFIX);

/** The hash of a link, with its `#`. Throws RangeError beyond `MOST_UNPACKED_BYTES`. */
export async function writeLink(shared: Shared): Promise<string> {
  const { name, text, files, lanes, touches } = shared;
  const content = { name, text, files, lanes, touches };
  const bytes = new TextEncoder().encode(JSON.stringify(content));
  if (bytes.length > MOST_UNPACKED_BYTES) {
    throw new RangeError(
      "The scenario is larger than 1 MB: too large for a link. Save it instead.",
    );
  }
  const packed = await drained(through(bytes, new CompressionStream("deflate-raw")), Infinity);
  return `${PREFIX}${VERSION}.${toBase64Url(packed!)}`;
}

/** What a link holds, or in one sentence what is wrong with it. Never throws. */
export async function readLink(hash: string): Promise<Opened> {
  if (!isLink(hash)) {
    return { problem: `The link ${quote(hash)} holds no scenario and no lesson.` };
  }
  const body = hash.slice(PREFIX.length);
  const point = body.indexOf(".");
  const version = body.slice(0, Math.max(point, 0));
  if (version !== VERSION) {
    return /^\d{1,4}$/.test(version)
      ? { problem: `The link is of version ${version}, and this page reads version ${VERSION}.` }
      : { problem: "The link is damaged: it does not begin as links of this page do." };
  }
  const packed = fromBase64Url(body.slice(point + 1));
  if (packed === null) {
    return { problem: "The link is damaged: it has signs in it that no link has." };
  }
  let bytes: Uint8Array | null;
  try {
    const stream = through(packed, new DecompressionStream("deflate-raw"));
    bytes = await drained(stream, MOST_UNPACKED_BYTES);
  } catch {
    return { problem: "The link is cut short or damaged: it cannot be unpacked." };
  }
  if (bytes === null) return { problem: "The link unpacks to more than 1 MB, which is refused." };
  try {
    return checked(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    return { problem: "The link unpacks to something that is no scenario." };
  }
}

function checked(content: unknown): Opened {
  const wrong = (what: string): Opened => ({ problem: `The link's content is wrong: ${what}.` });
  if (!isRecord(content)) return wrong("it is no record");
  const { name, text, files, lanes, touches } = content;
  if (typeof name !== "string" || name.length > 200) return wrong("the scenario has no name");
  if (typeof text !== "string") return wrong("there is no scenario in it");
  if (!isRecord(files) || !isTexts(Object.values(files))) {
    return wrong("its files are no texts by name");
  }
  if (!isListOf(isLane, lanes) || lanes.length < 1 || lanes.length > MOST_LANES) {
    return wrong(`it must have 1 to ${MOST_LANES} lanes, each with its label and its overrides`);
  }
  const isMade = (each: unknown): each is SharedTouch => isSharedTouch(each, lanes.length);
  if (!isListOf(isMade, touches) || touches.length > MOST_TOUCHES) {
    return wrong("its touches are none that this page knows");
  }
  return {
    shared: {
      name,
      text,
      files: Object.fromEntries(Object.entries(files).map(([file, each]) => [file, String(each)])),
      lanes: lanes.map(({ label, overrides }) => ({ label, overrides })),
      touches: touches.map(({ atMs, lane, touch }) => ({ atMs, lane, touch })),
    },
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isListOf = <T>(is: (each: unknown) => each is T, value: unknown): value is readonly T[] =>
  Array.isArray(value) && value.every((each) => is(each));

const isText = (value: unknown): value is string => typeof value === "string";
const isTexts = (value: unknown): value is readonly string[] => isListOf(isText, value);
const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);

const isLane = (lane: unknown): lane is LaneOrder =>
  isRecord(lane) && isText(lane["label"]) && isTexts(lane["overrides"]);

const isWithin = (index: number, length: number): boolean => index >= 0 && index < length;

const isSharedTouch = (made: unknown, lanes: number): made is SharedTouch =>
  isRecord(made) &&
  isNumber(made["atMs"]) &&
  Number(made["atMs"]) >= 0 &&
  (made["lane"] === null ||
    (Number.isInteger(made["lane"]) && isWithin(Number(made["lane"]), lanes))) &&
  isTouch(made["touch"]);

const isPair = (value: unknown): boolean => isTexts(value) && value.length === 2;

/** What each kind of touch holds beside its kind. The engine says whether it makes sense. */
const TOUCH_FIELDS: {
  readonly [K in Touch["kind"]]: Readonly<
    Record<Exclude<keyof Extract<Touch, { kind: K }>, "kind">, (value: unknown) => boolean>
  >;
} = {
  fail: { node: isText, manner: (value) => value === "crash" || value === "silence" },
  recover: { node: isText },
  slow: { node: isText, factor: isNumber },
  drain: { node: isText },
  remove: { node: isText },
  add: { to: isText, count: isNumber },
  cut: { between: isPair },
  delay: { between: isPair, byMs: isNumber },
  mend: { between: isPair },
  rate: { region: isText, times: isNumber },
  strategy: { node: isText, strategy: isText },
  weight: { node: isText, weight: isNumber },
};

function isTouch(value: unknown): value is Touch {
  if (!isRecord(value)) return false;
  const { kind, ...rest } = value;
  const fields = Object.entries(TOUCH_FIELDS).find(([name]) => name === kind)?.[1];
  if (fields === undefined) return false;
  const checks = Object.entries(fields);
  return (
    checks.length === Object.keys(rest).length &&
    checks.every(([name, isRight]) => Object.hasOwn(rest, name) && isRight(rest[name]))
  );
}

type Pair = ReadableWritablePair<Uint8Array, BufferSource>;

function through(bytes: Uint8Array<ArrayBuffer>, pair: Pair): ReadableStream<Uint8Array> {
  return new Blob([bytes]).stream().pipeThrough(pair);
}

/** All bytes of a stream; null, and the rest is never unpacked, once they are more than `most`. */
async function drained(
  stream: ReadableStream<Uint8Array>,
  most: number,
): Promise<Uint8Array | null> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      return null;
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function toBase64Url(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Null where a sign is none of base64url's. */
function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return null;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (sign) => sign.charCodeAt(0));
}
