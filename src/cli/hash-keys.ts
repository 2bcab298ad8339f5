/** Where `lbsim hash` takes its keys from: made by number, a file of lines, a trace. */
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";

import type { Repeats } from "../laboratory/comparison.ts";
import { squaredCounts } from "../laboratory/figures.ts";
import { GeneratedKeys } from "../laboratory/keys.ts";
import { grouped } from "../report/numbers.ts";
import { TraceFormatError, TraceReader } from "../world/trace.ts";
import { countIn } from "./hash-input.ts";
import { inputProblem } from "./input-problems.ts";
import { readLines } from "./line-files.ts";
import { systemReason } from "./result-folder.ts";

export interface KeySource {
  /** In words, behind their number. */
  readonly from: string;
  /** Calls `feed.key` with each key. */
  send(feed: KeyFeed): Promise<Sent>;
}

export interface Sent {
  /** What is to be told of the keys. */
  readonly notes: readonly string[];
  readonly repeats: Repeats;
  /** Σ c² over distinct keys, each sent c times, where repeats are counted; else null. */
  readonly squares: number | null;
}

export interface KeyFeed {
  /** The key is the first `length` bytes; the array is used again for the next. */
  key(bytes: Uint8Array, length: number): void;
  /** So many keys at most between two pauses. */
  readonly piece: number;
  /** Now and then: the part that is done, or NaN where nobody knows. True: stop. */
  pause(done: number): boolean;
}

const MOST_KEYS = 1e10;
const MOST_PIECE = 65_536;
/**
 * Keys × nodes between two looks at the clock and at Ctrl-C: some 10 ms even of a linear structure.
 */
const PIECE_STEPS = 2 ** 22;

export const pieceFor = (nodes: number): number =>
  Math.max(1, Math.min(MOST_PIECE, Math.floor(PIECE_STEPS / nodes)));

/** `100k`, or `@file` with one a line. */
export function keySource(text: string, seed: number, cwd: string): KeySource {
  if (text.startsWith("@")) return fileOfKeys(text.slice(1), cwd);
  const count = countIn("--keys", text, MOST_KEYS);
  return {
    from: `key-${seed}-0 and on`,
    async send(feed) {
      const keys = new GeneratedKeys(seed);
      for (let from = 0; from < count; from += feed.piece) {
        const end = Math.min(count, from + feed.piece);
        for (let number = from; number < end; number++) feed.key(keys.bytes, keys.write(number));
        if (feed.pause(end / count)) break;
        await nextTurn();
      }
      return { notes: [], repeats: "none", squares: null };
    },
  };
}

function fileOfKeys(file: string, cwd: string): KeySource {
  return {
    from: `the lines of ${file}`,
    async send(feed) {
      let keys = 0;
      let stopped = false;
      const { emptyLines } = await readLines(file, {
        cwd,
        onLine: (bytes, length) => {
          keys++;
          feed.key(bytes, length);
        },
        onPiece: () => (stopped = feed.pause(NaN)),
      });
      if (keys === 0 && !stopped) {
        throw inputProblem({ file, line: 0, what: "holds no key", would: "write one a line" });
      }
      // To count what repeats, all keys of a file of any size would have to be kept.
      const sent = { notes: [], repeats: "unknown", squares: null } as const;
      if (emptyLines === 0) return sent;
      const lines = emptyLines === 1 ? "1 empty line is" : `${grouped(emptyLines)} empty lines are`;
      return { ...sent, notes: [`${lines} left out.`] };
    },
  };
}

/** A request's key is its object's number as text, as often as it is asked for. */
export function traceOfKeys(file: string, cwd: string): KeySource {
  return {
    from: `the objects of ${file}, as often as they are asked for`,
    async send(feed) {
      const reader = new TraceReader();
      const decoder = new TextDecoder();
      try {
        const chunks: AsyncIterable<Buffer> = createReadStream(resolve(cwd, file));
        for await (const chunk of chunks) {
          reader.feed(decoder.decode(chunk, { stream: true }));
          if (feed.pause(NaN)) return { notes: [], repeats: "unknown", squares: null };
        }
        reader.feed(decoder.decode());
        const { object } = reader.finish();
        sendObjects(object, feed);
        return { notes: [], repeats: "counted", squares: squaredCounts(object) };
      } catch (error) {
        throw traceProblem(error, file);
      }
    },
  };
}

function sendObjects(objects: Int32Array, feed: KeyFeed): void {
  const bytes = new Uint8Array(16);
  for (let row = 0; row < objects.length; row++) {
    const text = String(objects[row]);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    feed.key(bytes, text.length);
    if (row % feed.piece === feed.piece - 1 && feed.pause(row / objects.length)) return;
  }
}

function traceProblem(error: unknown, file: string): unknown {
  if (error instanceof TraceFormatError) {
    const { line, what, would } = error;
    return inputProblem({ file, line, what, would });
  }
  // Only the file system's errors have a code.
  if (!(error instanceof Error && "code" in error)) return error;
  return inputProblem({ file, line: 0, what: `cannot be read, ${systemReason(error)}`, would: "" });
}
