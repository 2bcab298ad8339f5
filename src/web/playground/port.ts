/** The page's end of the line to the engine: orders out, numbered; answers in. */
import type { Answer, NumberedOrder, Order } from "./engine/protocol.ts";

export interface EnginePort {
  /** Returns the order's number, which its answers repeat. */
  readonly post: (order: Order) => number;
  /** One listener; set before the first order. */
  onAnswer: (answer: Answer) => void;
}

export function portOf(worker: Worker): EnginePort {
  let count = 0;
  const port: EnginePort = {
    post: (order) => {
      count++;
      worker.postMessage({ ...order, order: count } satisfies NumberedOrder);
      return count;
    },
    onAnswer: () => {},
  };
  worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => port.onAnswer(data));
  return port;
}
