/** The engine in a worker of its own: the page never waits for it. */
import { simulate } from "../../simulator/run.ts";

self.addEventListener("message", () => {
  self.postMessage(typeof simulate);
});
