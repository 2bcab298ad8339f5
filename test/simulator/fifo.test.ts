import { describe, expect, it } from "vitest";
import { Fifo } from "../../src/simulator/fifo.ts";

describe("first in, first out", () => {
  it("gives each once, in order, whoever is appended meanwhile", () => {
    const line = new Fifo<number>();
    const given: number[] = [];
    for (const first of [0, 10]) {
      line.append(first);
      line.append(first + 1);
      for (let one = line.shift(); one !== undefined; one = line.shift()) {
        given.push(one);
        if (one === first) line.append(first + 2);
      }
    }
    expect(given).toEqual([0, 1, 2, 10, 11, 12]);
    expect(line.shift()).toBeUndefined();
  });
});
