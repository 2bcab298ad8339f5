/** Files of one text a line, read as bytes in pieces: memory for one piece, whatever their size. */
import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { resolve } from "node:path";

import { inputProblem } from "./input-problems.ts";
import { systemReason } from "./result-folder.ts";

const PIECE_BYTES = 1 << 20;
/** A line of text that is longer is no key, and a file without lines must not fill the memory. */
const LONGEST_LINE = 1 << 16;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

export interface LineReading {
  readonly cwd: string;
  /** The line's bytes are the first `length`; the array is used again for the next. */
  readonly onLine: (bytes: Uint8Array, length: number, line: number) => void;
  /** After each piece, with the bytes read so far; true: stop here. */
  readonly onPiece?: (bytes: number) => boolean;
}

/** Empty lines are passed over and counted. Throws `InputProblems` with the first wrong line. */
export async function readLines(
  file: string,
  { cwd, onLine, onPiece }: LineReading,
): Promise<{ readonly emptyLines: number }> {
  const lines = new Lines(file, onLine);
  let read = 0;
  const stream = createReadStream(resolve(cwd, file), { highWaterMark: PIECE_BYTES });
  const pieces: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await nextOf(pieces, file);
      if (next === null) break;
      lines.feed(next);
      read += next.length;
      if (onPiece?.(read) === true) return { emptyLines: lines.empty };
    }
  } finally {
    stream.destroy();
  }
  lines.finish();
  return { emptyLines: lines.empty };
}

/** Only what the file system says is told as its reason. */
async function nextOf(pieces: AsyncIterator<Buffer>, file: string): Promise<Buffer | null> {
  try {
    const next = await pieces.next();
    return next.done === true ? null : next.value;
  } catch (error) {
    const what = `cannot be read, ${systemReason(error)}`;
    throw inputProblem({ file, line: 0, what, would: "" });
  }
}

class Lines {
  empty = 0;
  private line = 0;
  private rest: Buffer = Buffer.alloc(0);
  private readonly bytes = new Uint8Array(LONGEST_LINE);
  private readonly file: string;
  private readonly onLine: LineReading["onLine"];

  constructor(file: string, onLine: LineReading["onLine"]) {
    this.file = file;
    this.onLine = onLine;
  }

  feed(piece: Buffer): void {
    const all = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]);
    const end = all.lastIndexOf(LINE_FEED) + 1;
    this.cut(all.subarray(0, end));
    this.rest = all.subarray(end);
    if (this.rest.length > LONGEST_LINE) this.tooLong(this.line + 1);
  }

  /** The last line, where it has no end. */
  finish(): void {
    if (this.rest.length > 0) this.cut(Buffer.concat([this.rest, Buffer.of(LINE_FEED)]));
    this.rest = Buffer.alloc(0);
  }

  private cut(whole: Buffer): void {
    // One look over the piece; only where it finds something is each line looked at.
    const sound = isUtf8(whole) && !whole.includes(0);
    let from = this.line === 0 && BYTE_ORDER_MARK.every((byte, i) => whole[i] === byte) ? 3 : 0;
    while (from < whole.length) {
      const end = whole.indexOf(LINE_FEED, from);
      this.line++;
      if (!sound) this.check(whole.subarray(from, end));
      this.emit(whole, from, end > from && whole[end - 1] === RETURN ? end - 1 : end);
      from = end + 1;
    }
  }

  private emit(whole: Buffer, from: number, end: number): void {
    const length = end - from;
    if (length === 0) {
      this.empty++;
      return;
    }
    if (length > LONGEST_LINE) this.tooLong(this.line);
    const { bytes } = this;
    for (let i = 0; i < length; i++) bytes[i] = whole[from + i];
    this.onLine(bytes, length, this.line);
  }

  private check(line: Buffer): void {
    if (line.includes(0)) this.refuse("holds a zero byte, this is no text");
    if (!isUtf8(line)) this.refuse("is not UTF-8");
  }

  private refuse(what: string): never {
    const would = "write texts in UTF-8, one a line";
    throw inputProblem({ file: this.file, line: this.line, what: `this line ${what}`, would });
  }

  private tooLong(line: number): never {
    const what = `this line is longer than ${LONGEST_LINE} bytes`;
    throw inputProblem({ file: this.file, line, what, would: "write one text a line" });
  }
}
