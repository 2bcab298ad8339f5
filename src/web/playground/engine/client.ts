/**
 * The page's end of the line to the engine: numbers its orders, and tells which answer is whose.
 */
import type { Answer, NumberedOrder, Order } from "./protocol.ts";

/** What a `Worker` is to the client; a test hands in something simpler. */
export interface Line {
  postMessage(order: NumberedOrder): void;
  addEventListener(kind: "message", listener: (event: { readonly data: Answer }) => void): void;
}

type Kind = Answer["kind"];
/** The answer with which an order is settled, beside `failed` and `problems`. */
const SETTLES: Readonly<Record<Order["kind"], Kind>> = {
  open: "frame",
  check: "problems",
  advance: "frame",
  step: "frame",
  seek: "frame",
  touch: "frame",
  follow: "followed",
  save: "saved",
  frame: "frame",
};

interface Pending {
  readonly settledBy: Kind;
  readonly settle: (answer: Answer) => void;
}

export class EngineClient {
  private orders = 0;
  private readonly pending = new Map<number, Pending>();

  /** @param hear gets every answer, those that settle an order too */
  constructor(
    private readonly line: Line,
    hear: (answer: Answer) => void,
  ) {
    line.addEventListener("message", ({ data }) => {
      hear(data);
      const order = this.pending.get(data.re);
      if (order === undefined) return;
      const { kind } = data;
      if (kind !== order.settledBy && kind !== "failed" && kind !== "problems") return;
      this.pending.delete(data.re);
      order.settle(data);
    });
  }

  /** The answer that settles the order: what was asked for, `problems` or `failed`. */
  send(order: Order): Promise<Answer> {
    const number = ++this.orders;
    const settled = new Promise<Answer>((settle) => {
      this.pending.set(number, { settledBy: SETTLES[order.kind], settle });
    });
    this.line.postMessage({ ...order, order: number });
    return settled;
  }

  /** Orders that have not been settled. */
  get underWay(): number {
    return this.pending.size;
  }
}
