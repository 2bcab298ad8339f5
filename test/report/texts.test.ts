import { describe, expect, it } from "vitest";

import { csvText } from "../../src/report/csv.ts";
import { displayWidth, fitted, wrapped } from "../../src/report/display-width.ts";
import { jsonText } from "../../src/report/json.ts";

describe("widths in a terminal", () => {
  it.each([
    ["fra", 3],
    ["東京", 4],
    ["São Paulo", 9],
    ["Sa\u0303o", 3],
    ["🚀", 2],
    ["─★✗", 3],
    ["\u200B", 0],
  ])("%s takes %i columns", (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it("cuts without splitting a wide character", () => {
    expect(fitted("東京東京", 6)).toBe("東京…");
    expect(fitted("frankfurt", 6)).toBe("frank…");
    expect(fitted("fra", 6)).toBe("fra");
  });

  it("wraps words, and leaves a long word alone on its line", () => {
    expect(wrapped("one two three", 7)).toEqual(["one two", "three"]);
    expect(wrapped("averylongword b", 4)).toEqual(["averylongword", "b"]);
    expect(wrapped("", 4)).toEqual([""]);
  });
});

describe("CSV", () => {
  it("quotes what would be misread, and leaves missing figures empty", () => {
    const rows = [["a,b", 'c"d', null, NaN, 1.5] as const];
    expect(csvText(["x", "y", "z", "n", "v"], rows)).toBe('x,y,z,n,v\n"a,b","c""d",,,1.5\n');
  });
});

describe("JSON", () => {
  it("keeps the rows of a matrix and says the same as JSON.stringify", () => {
    const value = {
      name: "a",
      none: null,
      nan: NaN,
      left: undefined,
      matrix: [
        [0, 1],
        [2, 3],
      ],
      list: [{ a: 1 }, {}],
      empty: [],
    };
    const text = jsonText(value);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    expect(text).toContain("    [0, 1],\n    [2, 3]\n");
    expect(text.endsWith("}\n")).toBe(true);
  });
});
