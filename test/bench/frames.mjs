/**
 * Frames a second of the playground, in headless Chromium: three lanes of 200 machines with 2,000
 * dots; and how soon the page is there when it is opened from disk, and how large it is. It prints
 * what it ran on, since such numbers are the machine's as much as ours.
 *
 * Usage: npm run build && node test/bench/frames.mjs [SECONDS]
 */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import { deflateRawSync, gzipSync } from "node:zlib";
import { chromium } from "playwright-core";

const seconds = Number(process.argv[2] ?? 5);
const path = fileURLToPath(new URL("../../dist/web/playground/index.html", import.meta.url));
const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

// Ways of some 50 ms each at 9,000/s keep about a thousand requests of each lane on their way.
const text = `question: How many frames a second?
expectation: Sixty.
duration: 1min
clients:
  europe: { at: frankfurt, users: 10_000, arrivals: { poisson: 3_000/s } }
  america: { at: washington-dc, users: 10_000, arrivals: { poisson: 3_000/s } }
  asia: { at: tokyo, users: 10_000, arrivals: { poisson: 3_000/s } }
requests:
  objects: { count: 20_000, zipf: 0.9 }
  affinity: object
  demand: { exponential: 8ms }
  on-miss: { exponential: 20ms }
balancer:
  name: global
  strategy: random
  targets:
    - { name: fra, at: frankfurt, strategy: random, targets: [{ machines: 67, cache: { lru: 500 } }] }
    - { name: was, at: washington-dc, strategy: random, targets: [{ machines: 67, cache: { lru: 500 } }] }
    - { name: tyo, at: tokyo, strategy: random, targets: [{ machines: 66, cache: { lru: 500 } }] }
`;
const lanes = ["random", "round-robin", "ring-hash"].map((label) => ({
  label,
  overrides: ["fra", "was", "tyo"].map((name) => `${name}.strategy=${label}`),
}));
const content = { name: "frames.yaml", text, files: {}, lanes, touches: [] };
const link = `#s=1.${deflateRawSync(JSON.stringify(content)).toString("base64url")}`;

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
await page.goto(pathToFileURL(path).href + link);
const press = (name) => page.getByRole("button", { name, exact: true }).click();
await press("Slower");
await press("Slower");
await press("Run");
await page.waitForTimeout(3_000);

const session = await page.context().newCDPSession(page);
// Time of the thread on a core: what else the machine does is not in it.
await session.send("Performance.enable", { timeDomain: "threadTicks" });
const { metrics: before } = await session.send("Performance.getMetrics");

/** Intervals between pictures, ms. */
const intervals = await page.evaluate(
  (wholeMs) =>
    new Promise((resolve) => {
      const times = [];
      const note = (at) => {
        times.push(at);
        if (at - times[0] < wholeMs) requestAnimationFrame(note);
        else resolve(times.slice(1).map((time, i) => time - times[i]));
      };
      requestAnimationFrame(note);
    }),
  seconds * 1_000,
);
const { metrics: after } = await session.send("Performance.getMetrics");
const dots = await page.evaluate(() => Number(document.querySelector(".stage").dataset["dots"]));
const clock = await page.locator(".clock").textContent();
intervals.sort((a, b) => a - b);
const sum = intervals.reduce((a, b) => a + b, 0);
const of = (share) => intervals[Math.floor(share * (intervals.length - 1))].toFixed(1);
console.log(`${cpus().length} × ${cpus()[0].model}, Chromium ${browser.version()}, headless`);
console.log(`3 lanes × 200 machines, ${dots} dots drawn, simulated so far: ${clock}`);
console.log(
  `${((1000 * intervals.length) / sum).toFixed(1)} frames a second over ${seconds} s; ` +
    `intervals: median ${of(0.5)} ms, 95 % ${of(0.95)} ms, longest ${of(1)} ms`,
);

const busyOf = (metrics) => metrics.find(({ name }) => name === "TaskDuration").value;
const busy = (1_000 * (busyOf(after) - busyOf(before))) / intervals.length;
console.log(`the page's own thread works ${busy.toFixed(1)} ms of a core a frame`);

const paints = [];
for (let i = 0; i < 5; i++) {
  const fresh = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await fresh.goto(pathToFileURL(path).href);
  await fresh.locator(".lane-head").first().waitFor();
  const paint = await fresh.evaluate(
    () => performance.getEntriesByName("first-contentful-paint")[0].startTime,
  );
  paints.push(Math.round(paint));
  await fresh.close();
}
const html = readFileSync(path);
const compressed = gzipSync(html, { level: 9 }).length;
console.log(`first paint from disk: ${paints.toSorted((a, b) => a - b).join(", ")} ms`);
console.log(
  `page: ${(html.length / 1e6).toFixed(2)} MB, ${(compressed / 1e6).toFixed(2)} MB gzipped`,
);
await browser.close();
