/**
 * One line of an access log → who asked when for what. NCSA common and combined format (Apache's
 * `common` and `combined`, nginx's `combined`), and one JSON object a line.
 */
import type { LogTime } from "./import-times.ts";
import { parseAnyTime, parseLogTime } from "./import-times.ts";

export interface LogEntry {
  readonly time: LogTime;
  readonly client: string;
  /** As in the request line, query string and all. */
  readonly url: string;
  /** Of the response; 0 where the log has none. */
  readonly bytes: number;
}

/** The names of the fields of a JSON log; a dot goes into an object: `request.uri`. */
export interface JsonFields {
  readonly time?: string;
  readonly client?: string;
  readonly url?: string;
  readonly bytes?: string;
}

/**
 * Tried in this order where nothing is said; names as nginx's variables, Apache's and Caddy's and
 * Traefik's logs have them.
 */
const GUESSES = {
  time: ["time", "timestamp", "@timestamp", "ts", "time_iso8601", "time_local", "msec", "StartUTC"],
  client: [
    "remote_addr",
    "client",
    "client_ip",
    "clientip",
    "remote_ip",
    "ip",
    "request.client_ip",
    "request.remote_ip",
    "ClientHost",
  ],
  url: ["request", "url", "path", "uri", "request_uri", "request.uri", "RequestPath"],
  bytes: ["bytes", "size", "body_bytes_sent", "bytes_sent", "DownstreamContentSize"],
} as const;

/** An entry, or in a few words what is wrong with the line. */
export function parseNcsaLine(text: string, combined: boolean): LogEntry | string {
  const host = text.indexOf(" ");
  const open = text.indexOf("[", host + 1);
  const close = text.indexOf("]", open + 1);
  if (host <= 0 || open < 0 || close < 0) return "no client address and [time]";
  const time = parseLogTime(text.slice(open + 1, close));
  if (time === null) return `no time: ${shortened(text.slice(open, close + 1))}`;
  if (text.slice(close + 1, close + 3) !== ' "') return "no quoted request after the time";
  const end = closingQuote(text, close + 3);
  if (end < 0) return "the request's closing quote is missing";
  const url = urlIn(text.slice(close + 3, end));
  if (url === null) return `no URL in the request ${shortened(text.slice(close + 2, end + 1))}`;
  const rest = /^ (?:\d{3}|-) (\d+|-)(?: (.*))?$/.exec(text.slice(end + 1));
  if (rest === null) return "no status and size after the request";
  if (combined && !/^"(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*"/.test(rest[2] ?? "")) {
    return "no quoted referer and user agent (the common format has none)";
  }
  return { time, client: text.slice(0, host), url, bytes: rest[1] === "-" ? 0 : Number(rest[1]) };
}

/** An entry, or in a few words what is wrong with the line. */
export function parseJsonLine(text: string, fields: JsonFields): LogEntry | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return "no JSON object";
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    return "no JSON object";
  }
  const pick = <T>(kind: keyof JsonFields, read: (value: unknown) => T | null): T | null => {
    const named = fields[kind];
    for (const name of named === undefined ? GUESSES[kind] : [named]) {
      const value = read(valueAt(parsed, name));
      if (value !== null) return value;
    }
    return null;
  };
  const missing = (kind: keyof JsonFields) =>
    fields[kind] === undefined
      ? `no ${kind} (looked for ${GUESSES[kind].join(", ")})`
      : `no ${kind} in ${fields[kind]}`;
  const time = pick("time", parseAnyTime);
  if (time === null) return missing("time");
  const client = pick("client", (value) =>
    typeof value === "string" && value !== "" ? value : null,
  );
  if (client === null) return missing("client");
  const url = pick("url", (value) => (typeof value === "string" ? urlIn(value) : null));
  if (url === null) return missing("url");
  return { time, client: withoutPort(client), url, bytes: pick("bytes", sizeIn) ?? 0 };
}

/** A field of one's own is taken as it is named before it is taken apart at its dots. */
function valueAt(record: object, name: string): unknown {
  const whole = ownValue(record, name);
  if (whole !== undefined || !name.includes(".")) return whole;
  return name.split(".").reduce<unknown>(ownValue, record);
}

function ownValue(holder: unknown, key: string): unknown {
  if (typeof holder !== "object" || holder === null) return undefined;
  return Object.getOwnPropertyDescriptor(holder, key)?.value;
}

function sizeIn(value: unknown): number | null {
  const size = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof size === "number" && Number.isSafeInteger(size) && size >= 0 ? size : null;
}

const withoutPort = (client: string): string => client.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1");

/** `GET /path HTTP/1.1`, `GET /path` (HTTP/0.9) or a URL alone; blanks within a URL stay. */
function urlIn(request: string): string | null {
  const method = /^[A-Za-z]+ /.exec(request);
  const protocol = / HTTP\/\d(?:\.\d)?$/.exec(request);
  const url = request.slice(method?.[0].length ?? 0, protocol?.index ?? request.length);
  return url === "" || url === "-" || (method === null && protocol !== null) ? null : url;
}

/**
 * Index of the quote that closes the text begun at `from`; −1: none. A backslash takes the next
 * character along.
 */
function closingQuote(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return -1;
}

export const shortened = (text: string): string =>
  text.length > 60 ? `${text.slice(0, 60)}…` : text;
