/** The engine in a worker of its own: the page never waits for it. */
import type { NumberedOrder } from "./engine/protocol.ts";
import { Session } from "./engine/session.ts";

const turns = new MessageChannel();
turns.port1.start();

const session = new Session({
  post: (answer, buffers) => {
    self.postMessage(answer, { transfer: buffers });
  },
  now: () => performance.now(),
  // A message to oneself comes after those that wait already; timers would wait 4 ms each time.
  pause: () =>
    new Promise((resolve) => {
      turns.port1.addEventListener("message", () => resolve(), { once: true });
      turns.port2.postMessage(null);
    }),
});

self.addEventListener("message", ({ data }: MessageEvent<NumberedOrder>) => {
  void session.receive(data);
});
