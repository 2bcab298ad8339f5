/** The engine in Chromium's worker against the same in Node: equal to the bit. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Order } from "../../src/web/playground/engine/protocol.ts";
import { launch, type Watched, watchedPage } from "./browser.ts";
import { gallery, Player } from "./playing.ts";
import { playedOf, sendIn, startIn, workerScript } from "./worker-script.ts";

/** Requests of each scenario: some tenths of a second. */
const REQUESTS = 20_000;
/** Where only the answers decide how often users ask. */
const UNKNOWN_MS = 2_000;

let browser: Browser;
let watched: Watched;

beforeAll(async () => {
  const [script, launched] = await Promise.all([workerScript(), launch()]);
  browser = launched;
  watched = await watchedPage(browser);
  await startIn(watched.page, script);
}, 60_000);
afterAll(() => browser.close());

describe("in Chromium as in Node", () => {
  it.each(Object.keys(gallery))("%s", async (name) => {
    const player = new Player();
    const open: Order = { kind: "open", text: gallery[name], name, lanes: [], files: gallery };
    const { regions, durationMs } = await player.ask("opened", open);
    const rate = regions.reduce((sum, { ratePerS }) => sum + (ratePerS ?? Infinity), 0);
    const wantedMs = rate < Infinity ? (REQUESTS / rate) * 1_000 : UNKNOWN_MS;
    const toMs = Math.min(wantedMs, durationMs ?? Infinity);
    const advance: Order = { kind: "advance", toMs, maxWallMs: 1e9 };
    const here = playedOf(await player.send(advance));
    expect(here.born[0]).toBeGreaterThan(500);
    expect(await sendIn(watched.page, [open, advance])).toEqual(here);
  });

  it("with lanes, touches, steps and a way back", async () => {
    const lanes = ["mod-n", "maglev", "power-of-d"].map((strategy) => ({
      label: "",
      overrides: [`fra.strategy=${strategy}`],
    }));
    const name = "flagship.yaml";
    const orders: Order[] = [
      { kind: "open", text: gallery[name], name, lanes, files: gallery },
      { kind: "advance", toMs: 4_000, maxWallMs: 1e9 },
      { kind: "touch", touch: { kind: "fail", node: "global/fra/5", manner: "silence" } },
      { kind: "step", lane: 1 },
      { kind: "touch", touch: { kind: "rate", region: "europe", times: 1.7 } },
      { kind: "touch", touch: { kind: "strategy", node: "global", strategy: "geo" }, lane: 2 },
      { kind: "advance", toMs: 6_000, maxWallMs: 1e9 },
      { kind: "seek", toMs: 5_000 },
    ];
    const player = new Player();
    for (const order of orders.slice(0, -1)) await player.send(order);
    const here = playedOf(await player.send(orders.at(-1)!));
    expect(new Set(here.fingerprints).size).toBe(3);
    expect(await sendIn(watched.page, orders)).toEqual(here);
  });

  it("without an error, and without asking for anything beside itself", () => {
    expect(watched.complaints).toEqual([]);
  });
});
