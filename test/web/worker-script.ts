/** The engine's worker as one script, made as the pages are; and a page that runs it. */
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { build } from "vite";
import type { Answer, Order } from "../../src/web/playground/engine/protocol.ts";

const ENTRY = fileURLToPath(new URL("../../src/web/playground/engine.worker.ts", import.meta.url));

/** Its JavaScript, nothing left to import. */
export async function workerScript(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      target: "es2022",
      lib: { entry: ENTRY, formats: ["iife"], name: "engine" },
    },
  });
  const outputs = Array.isArray(built) ? built : [built];
  for (const output of outputs) {
    if (!("output" in output)) continue;
    const [{ code }] = output.output;
    return code;
  }
  throw new Error("vite has built nothing");
}

/** What our page has among its globals. */
interface InPage {
  readonly engine: { send(order: Order): Promise<Answer[]> };
  readonly compared: typeof playedOf;
}

/** Starts the worker in the page; `sendIn` talks to it. */
export async function startIn(page: Page, script: string): Promise<void> {
  // Needs nothing around it: the page may have it as it is.
  await page.addScriptTag({ content: `globalThis.compared = ${playedOf.toString()}` });
  await page.evaluate((code) => {
    const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    const worker = new Worker(url);
    let orders = 0;
    const engine: InPage["engine"] = {
      send: (order) =>
        new Promise((resolve, reject) => {
          const number = ++orders;
          const answers: Answer[] = [];
          const last = order.kind === "open" ? "frame" : order.kind === "save" ? "saved" : "frame";
          const hear = ({ data }: MessageEvent<Answer>): void => {
            if (data.re !== number) return;
            answers.push(data);
            if (data.kind === "failed" || data.kind === "problems") {
              reject(new Error(JSON.stringify(data)));
            } else if (data.kind === last) resolve(answers);
            else return;
            worker.removeEventListener("message", hear);
          };
          worker.addEventListener("message", hear);
          worker.addEventListener("error", ({ message }) => reject(new Error(message)));
          // A worker, not a window: it has no origin to name.
          // oxlint-disable-next-line unicorn/require-post-message-target-origin
          worker.postMessage({ ...order, order: number });
        }),
    };
    Object.assign(globalThis, { engine });
  }, script);
}

export interface Played {
  readonly nowMs: number;
  readonly born: readonly number[];
  readonly fingerprints: readonly string[];
  /** Of the first lane, by FIGURES; NaN as null, as JSON has it. */
  readonly figures: readonly (readonly (number | null)[])[];
}

/** What is compared of the last frame among answers. */
export function playedOf(answers: readonly Answer[]): Played {
  const frame = answers.findLast((answer) => answer.kind === "frame");
  if (frame === undefined) throw new Error("there is no frame");
  return {
    nowMs: frame.nowMs,
    born: frame.lanes.map(({ born }) => born),
    fingerprints: frame.lanes.map(({ fingerprint }) => fingerprint),
    figures: frame.lanes[0].figures.columns.map((column) =>
      Array.from(column, (value) => (Number.isNaN(value) ? null : value)),
    ),
  };
}

/** The same in the page: orders in, what the last frame says out. */
export function sendIn(page: Page, orders: readonly Order[]): Promise<Played> {
  return page.evaluate(async (list) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const { engine, compared } = globalThis as unknown as InPage;
    let answers: Answer[] = [];
    for (const order of list) answers = await engine.send(order);
    return compared(answers);
  }, orders);
}
