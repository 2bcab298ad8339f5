import { describe, expect, it } from "vitest";
import {
  formatTrace,
  LineFeed,
  parseTrace,
  TRACE_HEADER,
  TraceFormatError,
} from "../../src/world/trace.ts";

const text = `${TRACE_HEADER}
0,0,3,100,europe
0.5,1,0,0,asia
0.5,0,3,100,europe
`;

describe("a trace", () => {
  it("is read column by column", () => {
    const trace = parseTrace(text);
    expect([...trace.timeMs]).toEqual([0, 0.5, 0.5]);
    expect([...trace.user]).toEqual([0, 1, 0]);
    expect([...trace.object]).toEqual([3, 0, 3]);
    expect([...trace.bytes]).toEqual([100, 0, 100]);
    expect([...trace.region]).toEqual([0, 1, 0]);
    expect(trace.regions).toEqual(["europe", "asia"]);
    expect([trace.users, trace.objects]).toEqual([2, 4]);
  });

  it("is written as it was read, whatever the ends of its lines", () => {
    expect([...formatTrace(parseTrace(text))].join("")).toBe(text);
    expect([...formatTrace(parseTrace(`\uFEFF${text.replaceAll("\n", "\r\n")}`))].join("")).toBe(
      text,
    );
    expect([...formatTrace(parseTrace(text.trimEnd()))].join("")).toBe(text);
    const long =
      TRACE_HEADER + Array.from({ length: 2500 }, (_, i) => `\n${i / 8},1,2,3,r`).join("");
    expect([...formatTrace(parseTrace(long))].join("")).toBe(`${long}\n`);
  });

  const wrong: readonly (readonly [string, string])[] = [
    ["", "line 1: the trace has no rows, write time-ms,user,object,bytes,region and a row"],
    [
      TRACE_HEADER,
      "line 1: the trace has no rows, write time-ms,user,object,bytes,region and a row",
    ],
    [
      "time,user\n",
      "line 1: this is not the header of a trace, write time-ms,user,object,bytes,region",
    ],
    [
      "1,2,3\n",
      "line 1: this is not the header of a trace, write time-ms,user,object,bytes,region",
    ],
    [`${text}\n`, "line 5: this line is empty, write five: time-ms,user,object,bytes,region"],
    [
      `${text}1,2,3,4`,
      "line 5: this line has 4 values, write five: time-ms,user,object,bytes,region",
    ],
    [
      `${text}1,2,3,4,r,6`,
      "line 5: this line has 6 values, write five: time-ms,user,object,bytes,region",
    ],
    [`${text}0.4,0,0,0,r`, "line 5: 0.4 comes after 0.5, sort by time-ms"],
    [`${text}1e3,0,0,0,r`, 'line 5: time-ms is "1e3", write ms like 1234.5'],
    [`${text}-1,0,0,0,r`, 'line 5: time-ms is "-1", write ms like 1234.5'],
    [
      `${text}4320000000000.1,0,0,0,r`,
      'line 5: time-ms is "4320000000000.1", it must be at most 4320000000000',
    ],
    [`${text}1,-1,0,0,r`, 'line 5: user is "-1", write a whole number from 0 to 2147483646'],
    [
      `${text}1,0,2147483647,0,r`,
      'line 5: object is "2147483647", write a whole number from 0 to 2147483646',
    ],
    [
      `${text}1,0,0,1.5,r`,
      'line 5: bytes is "1.5", write a whole number from 0 to 9007199254740991',
    ],
    [`${text}1,0,0,,r`, "line 5: bytes is empty, write a whole number from 0 to 9007199254740991"],
    [`${text}1,0,0,0,`, "line 5: region is empty, write a name of letters, digits, - and _"],
    [`${text}1,0,0,0,"r"`, 'line 5: region is ""r"", write a name of letters, digits, - and _'],
  ];
  for (const [content, message] of wrong) {
    it(`is refused: ${message}`, () => {
      expect(() => parseTrace(content)).toThrow(TraceFormatError);
      expect(() => parseTrace(content)).toThrow(message);
    });
  }

  it("tells line and column", () => {
    try {
      parseTrace(`${text}1,0,x,0,r`);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ line: 5, column: 5, what: 'object is "x"' });
    }
  });
});

const cut = (size: number) => {
  const seen: string[] = [];
  const feed = new LineFeed((line, number) => seen.push(`${number} ${line}`));
  const whole = "one\r\ntwo\n\nfour";
  for (let at = 0; at < whole.length; at += size) feed.feed(whole.slice(at, at + size));
  feed.finish();
  return seen;
};

describe("lines", () => {
  it("come out the same however the text is cut", () => {
    for (const size of [1, 2, 3, 5, 100])
      expect(cut(size)).toEqual(["1 one", "2 two", "3 ", "4 four"]);
  });
});
