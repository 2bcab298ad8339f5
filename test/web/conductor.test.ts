/** Who moves the playhead, against an engine that answers when the test says so. */
import { describe, expect, it } from "vitest";
import { Conductor } from "../../src/web/playground/conductor.ts";
import {
  type Answer,
  FIGURES,
  type Frame,
  type NumberedOrder,
  type Opened,
} from "../../src/web/playground/engine/protocol.ts";

const SOURCE = { name: "a.yaml", text: "seed: 1", lanes: [] };

class FakeEngine {
  readonly orders: NumberedOrder[] = [];
  private listener: (event: { readonly data: Answer }) => void = () => {};

  postMessage(order: NumberedOrder): void {
    this.orders.push(order);
  }

  addEventListener(_: "message", listener: (event: { readonly data: Answer }) => void): void {
    this.listener = listener;
  }

  get last(): NumberedOrder {
    return this.orders.at(-1)!;
  }

  /** Answers the last order; and lets those who wait for it go on. */
  async say(answer: Partial<Answer> & Pick<Answer, "kind">): Promise<void> {
    this.listener({ data: { re: this.last.order, ...answer } as Answer });
    await new Promise((resolve) => setTimeout(resolve, 0));
  }

  frame(nowMs: number, more: Partial<Frame> = {}): Promise<void> {
    const figures = { first: 0, count: 0, columns: FIGURES.map(() => new Float64Array(0)) };
    const lane = { nodes: null, figures } as unknown as Frame["lanes"][number];
    const rest = { lanes: [lane], finished: false, events: null, links: [], stepped: null };
    return this.say({ kind: "frame", nowMs, ...rest, ...more });
  }
}

async function opened(): Promise<{ engine: FakeEngine; conductor: Conductor }> {
  const engine = new FakeEngine();
  const conductor = new Conductor(engine);
  const opening = conductor.open(SOURCE);
  const lane = { label: "", overrides: [], nodes: [], sentences: [] };
  const facts: Partial<Opened> = { name: "a", durationMs: 60_000, lanes: [lane], compare: [] };
  await engine.say({ kind: "opened", ...facts });
  await engine.frame(0);
  expect(await opening).toBe(true);
  conductor.setSpeed(1);
  await conductor.play(true);
  conductor.tick(0);
  await engine.frame(0);
  return { engine, conductor };
}

const advances = ({ orders }: FakeEngine): number[] =>
  orders.flatMap((order) => (order.kind === "advance" ? [order.toMs] : []));

describe("the playhead", () => {
  it("goes on at its speed, one order at a time", async () => {
    const { engine, conductor } = await opened();
    conductor.tick(20);
    conductor.tick(40);
    expect(advances(engine).slice(1)).toEqual([20]);
    await engine.frame(20);
    conductor.tick(60);
    expect(advances(engine).slice(1)).toEqual([20, 60]);
  });

  it("waits for an engine that does not keep its speed, and says so after a while", async () => {
    const { engine, conductor } = await opened();
    for (let turn = 1; turn <= 60; turn++) {
      conductor.tick(turn * 20);
      await engine.frame(turn);
    }
    // Each time from where the engine is, 1 ms on, and never from where it should be.
    expect(advances(engine).at(-1)).toBe(59 + 20);
    expect(conductor.page.get().behind).toBe(true);
  });

  it("does not race ahead after a page has slept", async () => {
    const { engine, conductor } = await opened();
    conductor.tick(30_000);
    expect(advances(engine).at(-1)).toBe(100);
  });

  it("stops at the end, and begins anew when it is run again", async () => {
    const { engine, conductor } = await opened();
    conductor.tick(20);
    await engine.frame(60_000, { finished: true });
    expect(conductor.page.get().playing).toBe(false);
    const again = conductor.play(true);
    expect(engine.last).toMatchObject({ kind: "seek", toMs: 0 });
    await engine.frame(0);
    await again;
    expect(conductor.page.get().playing).toBe(true);
  });
});

describe("what is refused", () => {
  const problems = [{ line: 2, column: 1, message: "no", fix: "", severity: "error" }] as const;

  it("as a scenario leaves open what was open", async () => {
    const { engine, conductor } = await opened();
    const opening = conductor.open({ ...SOURCE, name: "b.yaml" });
    await engine.say({ kind: "problems", problems });
    expect(await opening).toBe(false);
    expect(conductor.page.get()).toMatchObject({ source: SOURCE, problems, refused: "text" });
  });

  it("as a touch is in no link", async () => {
    const { engine, conductor } = await opened();
    const drain = { kind: "drain", node: "a/1" } as const;
    const first = conductor.touch(drain);
    await engine.say({ kind: "problems", problems });
    await first;
    expect(conductor.page.get()).toMatchObject({ problems, refused: "touch" });
    expect(conductor.touches).toEqual([]);
    const second = conductor.touch(drain, 0);
    await engine.frame(1);
    await second;
    expect(conductor.touches).toEqual([{ atMs: 0, lane: 0, touch: drain }]);
    expect(conductor.page.get().problems).toEqual([]);
  });
});
