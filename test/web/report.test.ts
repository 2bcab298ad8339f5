/** The report in a real browser, built as users get it and opened from disk. */
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { QUANTILES } from "../../src/report/page/latency.ts";
import type { PageModel } from "../../src/report/page/page-model.ts";
import { pageText } from "../../src/report/page/page.ts";
import { sandbox, SMALL } from "../cli/harness.ts";
import { launch, watchedPage } from "./browser.ts";
import { buildPage, type BuiltPage } from "./built.ts";

const axe = readFileSync(
  new URL("../../node_modules/axe-core/axe.min.js", import.meta.url),
  "utf8",
);
const box = sandbox();
let built: BuiltPage;
let browser: Browser;

const MARKUP = `<img src=x onerror="globalThis.ran=1"><script>globalThis.ran=1</script>`;
const HOSTILE = SMALL.replace(
  "question: Does it run?",
  `question: '${MARKUP} Does it run?'`,
).replace("expectation: It does.", `expectation: '</script>${MARKUP}'`);

beforeAll(async () => {
  built = buildPage("report");
  browser = await launch();
  const pages = dirname(dirname(built.path));
  await box.write("small.yaml", SMALL);
  await box.write("hostile.yaml", HOSTILE);
  const sun = readFileSync(new URL("../../scenarios/follow-the-sun.yaml", import.meta.url));
  await box.write("follow-the-sun.yaml", sun);
  const runs = [
    ["run", "small.yaml"],
    ["run", "hostile.yaml"],
    ["compare", "small.yaml", "--seeds", "1..3"],
    ["compare", "follow-the-sun.yaml", "--seeds", "1"],
  ];
  for (const argv of runs) {
    const { code, err } = await box.lbsim([...argv, "--report", "-q"], { pages });
    if (code !== 0) throw new Error(err);
  }
}, 120_000);
afterAll(async () => {
  await browser.close();
  built.remove();
});

const COMPARISON = "results/small/compare-seeds-1-3/report.html";
const SUN = "results/follow-the-sun/compare-seeds-1/report.html";

interface Opened {
  readonly page: Page;
  readonly model: PageModel;
}

/** Opens a report on a page of its own, which may not complain and asks for nothing. */
async function onReport(
  file: string,
  act: (opened: Opened) => Promise<void>,
  options: { scheme?: "light" | "dark"; width?: number } = {},
): Promise<void> {
  const { page, complaints } = await watchedPage(browser, options);
  await page.goto(pathToFileURL(box.path(file)).href);
  await page.locator("#origin").waitFor();
  const model = await page.evaluate(
    () => JSON.parse(document.getElementById("model")!.textContent) as PageModel,
  );
  await act({ page, model });
  expect(complaints).toEqual([]);
  await page.context().close();
}

/** Opens what stands behind a picture and reads its copy as CSV, as lines of fields. */
async function dataBehind(figure: Locator): Promise<string[][]> {
  await figure.locator(".data-behind > summary").click();
  const page = figure.page();
  await page.evaluate(() => {
    // What is copied is caught here: a browser without a window has no clipboard to read.
    Object.defineProperty(navigator, "clipboard", {
      configurable: true,
      value: {
        writeText: (text: string) => {
          document.documentElement.dataset["copied"] = text;
          return Promise.resolve();
        },
      },
    });
  });
  await figure.getByRole("button", { name: "Copy as CSV" }).click();
  const text = await page.evaluate(() => document.documentElement.dataset["copied"] ?? "");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
}

const asField = (value: number | null | undefined): string => (value == null ? "" : String(value));

describe("a report", () => {
  it("opens from disk with no request and no error, in the order in which people ask", async () => {
    await onReport(COMPARISON, async ({ page, model }) => {
      expect(await page.title()).toBe("small · lbsim report");
      expect(await page.locator("h1").textContent()).toBe("Does it run?");
      expect(await page.locator(".answer").textContent()).toContain(model.answer);
      const titles = await page.locator("h2").allTextContents();
      expect(titles).toEqual([
        "Comparison",
        "Map",
        "Over time",
        "Machines",
        "Latency",
        "Placement of keys",
        "How it was made",
      ]);
      const links = page.locator(".bar nav a");
      expect(await links.count()).toBe(titles.length + 1);
      for (const link of await links.all()) {
        expect(await page.locator((await link.getAttribute("href"))!).count()).toBe(1);
      }
      await expectText(page.locator("#origin"), "lbsim compare small.yaml --seeds 1..3");
    });
  });

  it("shows names with markup as text, and runs none of it", async () => {
    await onReport("results/hostile/seed-7/report.html", async ({ page }) => {
      expect(await page.locator("h1").textContent()).toBe(`${MARKUP} Does it run?`);
      expect(await page.locator(".words dd").first().textContent()).toBe(`</script>${MARKUP}`);
      expect(await page.evaluate(() => "ran" in globalThis)).toBe(false);
      expect(await page.locator("main img, main iframe, main script").count()).toBe(0);
    });
    // The reader takes no such names; should a model have them all the same, they are text too.
    const text = await box.read(COMPARISON);
    const model = /id="model">(.*)<\/script>/.exec(text)![1];
    const renamed = JSON.stringify(MARKUP).slice(1, -1);
    const hostile = model.replaceAll(/europe|fra\b|ring-hash|frankfurt/g, () => renamed);
    const template = readFileSync(built.path, "utf8");
    await writeFile(box.path("named.html"), pageText(template, JSON.parse(hostile) as PageModel)!);
    await onReport("named.html", async ({ page }) => {
      expect(await page.locator("#map text.place").allTextContents()).toContain(MARKUP);
      expect(await page.locator("#origin table").textContent()).toContain(MARKUP);
      for (const summary of await page.locator("summary").all()) await summary.click();
      expect(await page.locator("main img, main script").count()).toBe(0);
      expect(await page.evaluate(() => "ran" in globalThis)).toBe(false);
    });
  });

  it("says so where it holds no model, or a damaged one", async () => {
    for (const text of ["", '{"format": 0}', "{"]) {
      const template = readFileSync(built.path, "utf8");
      const slot = '<script type="application/json" id="model"></script>';
      await writeFile(
        box.path("none.html"),
        template.replace(slot, slot.replace("><", `>${text}<`)),
      );
      const { page, complaints } = await watchedPage(browser);
      await page.goto(pathToFileURL(box.path("none.html")).href);
      await expectText(page.locator("#page"), "This page holds no report, or a damaged one.");
      expect(complaints).toEqual([]);
      await page.context().close();
    }
  });

  it("of ten regions stays under 5 MB, and draws them on the map", async () => {
    expect(Buffer.byteLength(await box.read(SUN))).toBeLessThan(5e6);
    await onReport(SUN, async ({ page, model }) => {
      const map = page.locator("#map svg.map");
      expect(await map.locator("path.land").count()).toBe(1);
      expect(await map.locator(".datacenter").count()).toBe(10);
      // All names stand somewhere, region and datacenter of one place once.
      const names = await map.locator("text.place").allTextContents();
      expect(names.toSorted()).toEqual(model.map.regions.map(({ name }) => name).toSorted());
      // `geo` spreads its requests over the planet, `nearest` keeps them at home: step by step.
      await page.locator("#map input[type=range]").fill("9");
      const drawn = () => map.locator("path.flow").count();
      expect(await drawn()).toBe(0);
      await page.locator("#map").getByRole("button", { name: "geo: { utilization: 4 }" }).click();
      const { flows } = model.variants[1].flows;
      const away = flows.filter(
        ({ rate, region, datacenter }) =>
          rate[9] > 0 && model.map.regions[region].name !== model.map.datacenters[datacenter].name,
      );
      expect(await drawn()).toBe(away.length);
      expect(away.length).toBeGreaterThan(10);
    });
  }, 30_000);
});

const expectText = async (where: Locator, text: string): Promise<void> => {
  await where.waitFor();
  expect(await where.textContent()).toContain(text);
};

describe("every picture's table has the figures that the model has", () => {
  it("time series", async () => {
    await onReport(COMPARISON, async ({ page, model }) => {
      const figures = await page.locator("#series figure").all();
      expect(figures.length).toBeGreaterThanOrEqual(8);
      for (const figure of figures) {
        const name = await figure.getAttribute("data-metric");
        const metric = model.metrics.findIndex((one) => one.name === name);
        const [head, ...rows] = await dataBehind(figure);
        expect(head).toEqual(["from", "mod-n", "ring-hash"]);
        const { edgesMs } = model.variants[0].series;
        const expected = edgesMs
          .slice(0, -1)
          .map((atMs, point) => [
            String(atMs),
            ...model.variants.map(({ series }) => asField(series.of[0].values[metric]?.[point])),
          ]);
        expect(rows, name ?? "").toEqual(expected);
      }
    });
  }, 30_000);

  it("machines, percentiles, parts, flows, placement", async () => {
    await onReport(COMPARISON, async ({ page, model }) => {
      const [{ heat, latency, flows, placements }] = model.variants;
      const cells = await dataBehind(page.locator("#heat figure"));
      expect(cells.slice(1).map(([, , value]) => value)).toEqual(
        heat!.values.map((value) => (value < 0 ? "" : String(value / 10_000))),
      );
      const quantiles = await dataBehind(page.locator("[data-picture=percentiles]"));
      expect(quantiles.slice(1).map(([name, first]) => `${name} ${first}`)).toEqual(
        QUANTILES.map(
          (q, index) =>
            `p${Number((q * 100).toPrecision(7))} ${asField(latency.of[0].quantiles[index])}`,
        ),
      );
      const [head, ...parts] = await dataBehind(page.locator("[data-picture=parts]"));
      expect(parts.map(([label, mean]) => `${label} ${mean}`)).toEqual(
        model.variants.map(({ label, latency: own }) => `${label} ${asField(own.of[0].mean)}`),
      );
      // The parts, between the mean and the number of requests, sum to the mean.
      for (const row of parts) {
        const sum = row.slice(2, -1).reduce((all, part) => all + Number(part), 0);
        // Each is rounded to six digits.
        expect(Math.abs(sum - Number(row[1]))).toBeLessThan(1e-5 * Number(row[1]) * head.length);
      }
      const lines = await dataBehind(page.locator("#map figure"));
      const rates = flows.flows.flatMap(({ rate }) => rate.filter((each) => each > 0));
      expect(
        lines
          .slice(1)
          .map(([, , , rate]) => Number(rate))
          .toSorted((a, b) => a - b),
      ).toEqual(rates.toSorted((a, b) => a - b));
      const shares = await dataBehind(page.locator("#placement figure"));
      expect(shares.slice(1)).toEqual(
        placements[0].names.map((name, index) => [
          name,
          ...placements[0].states.flatMap((state) => [
            String(state.shares[index]),
            String(state.fair[index]),
          ]),
        ]),
      );
    });
  }, 30_000);
});

describe("the page at work", () => {
  it("sorts the comparison by key, and tells the order to those who hear it", async () => {
    await onReport(COMPARISON, async ({ page, model }) => {
      const table = page.locator("#figures table").first();
      const p99 = table.locator("th[scope=col]", { hasText: "p99" });
      const first = () => table.locator("tbody th").first().textContent();
      const column = model.comparison!.columns.findIndex(({ head }) => head === "p99") - 1;
      const order = model
        .comparison!.rows.toSorted((a, b) => a.cells[column].mean! - b.cells[column].mean!)
        .map(({ label }) => label);
      expect(await p99.getAttribute("aria-sort")).toBe("none");
      await p99.getByRole("button").focus();
      await page.keyboard.press("Enter");
      expect([await p99.getAttribute("aria-sort"), (await first())?.trim()]).toEqual([
        "ascending",
        order[0],
      ]);
      await page.keyboard.press("Space");
      expect([await p99.getAttribute("aria-sort"), (await first())?.trim()]).toEqual([
        "descending",
        order[1],
      ]);
      await page.keyboard.press("Enter");
      expect(await p99.getAttribute("aria-sort")).toBe("none");
    });
  });

  it("keeps the part of the run that was chosen in all charts", async () => {
    await onReport(COMPARISON, async ({ page }) => {
      const plots = page.locator("#series .plot");
      const whole = page.getByRole("button", { name: "Show the whole run" });
      expect(await whole.isDisabled()).toBe(true);
      await plots.first().scrollIntoViewIfNeeded();
      const area = (await plots.first().locator(".u-over").boundingBox())!;
      await page.mouse.move(area.x + area.width * 0.25, area.y + 20);
      await page.mouse.down();
      await page.mouse.move(area.x + area.width * 0.75, area.y + 20, { steps: 4 });
      await page.mouse.up();
      await expect.poll(() => whole.isEnabled()).toBe(true);
      await whole.click();
      await plots.first().focus();
      await page.keyboard.press("+");
      await expect.poll(() => whole.isEnabled()).toBe(true);
      await page.keyboard.press("Escape");
      await expect.poll(() => whole.isDisabled()).toBe(true);
      await page.getByRole("button", { name: "Zoom to it" }).click();
      await expect.poll(() => whole.isEnabled()).toBe(true);
      await plots.first().scrollIntoViewIfNeeded();
      const { x, y, width } = (await plots.first().locator(".u-over").boundingBox())!;
      // The cursor of one chart is the cursor of all: each legend tells its own figure there.
      await page.mouse.move(x + width / 2, y + 30);
      const told = await page.locator("#series .chart-legend .at").allTextContents();
      expect(told.filter((text) => text !== "").length).toBeGreaterThan(told.length / 2);
    });
  });

  it("tells a machine's utilization to keys too, and marks a target's keys", async () => {
    await onReport(COMPARISON, async ({ page, model }) => {
      await page.locator("#heat .heat").focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowRight");
      const { machines, values, edgesMs } = model.variants[0].heat!;
      const percent = (values[edgesMs.length] / 100).toFixed(1);
      await expectText(page.locator("#heat output"), `${machines[1]}, 1 s – 2 s: ${percent} %`);
      const target = page.locator("#placement .shares button").nth(2);
      await target.click();
      expect(await target.getAttribute("aria-pressed")).toBe("true");
      await expectText(
        page.locator("#placement .placement-picture"),
        model.variants[0].placements[0].names[2],
      );
    });
  });

  it("goes from light to dark and back, as the system is set or as the reader likes", async () => {
    for (const [scheme, other] of [
      ["light", "dark"],
      ["dark", "light"],
    ] as const) {
      await onReport(
        COMPARISON,
        async ({ page }) => {
          const theme = () => page.evaluate(() => document.documentElement.dataset["theme"]);
          expect(await theme()).toBe(scheme);
          await page.getByRole("button", { name: `Show the ${other} theme` }).click();
          expect(await theme()).toBe(other);
          await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
          expect(await theme()).toBe("light");
          await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
          expect(await theme()).toBe(other);
        },
        { scheme },
      );
    }
  });

  it("fits a phone", async () => {
    await onReport(
      SUN,
      async ({ page }) => {
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
        expect(await page.locator(".scroll-hint:visible").count()).toBeGreaterThan(0);
      },
      { width: 390 },
    );
  });

  it.each(["light", "dark"] as const)(
    "has no serious accessibility finding (%s)",
    async (scheme) => {
      for (const file of scheme === "light" ? [COMPARISON, SUN] : [COMPARISON]) {
        await onReport(
          file,
          async ({ page }) => {
            for (const summary of await page.locator("#origin summary").all())
              await summary.click();
            await page.locator("#series .data-behind > summary").first().click();
            await page.addScriptTag({ content: axe }).catch(() => page.evaluate(axe));
            const findings = await page.evaluate(async () => {
              const { violations } = await (
                globalThis as unknown as { axe: { run: () => Promise<Findings> } }
              ).axe.run();
              return violations
                .filter(({ impact }) => impact === "serious" || impact === "critical")
                .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
            });
            expect(findings).toEqual([]);
          },
          { scheme },
        );
      }
    },
    60_000,
  );
});

interface Findings {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

describe("a series of 100,000 points", () => {
  it("is drawn with a few points a pixel, and still zooms to its single windows", async () => {
    const points = 100_000;
    const text = await box.read("results/small/seed-7/report.html");
    const model = JSON.parse(/id="model">(.*)<\/script>/.exec(text)![1]) as PageModel;
    const [variant] = model.variants;
    const [all] = variant.series.of;
    const edgesMs = Array.from({ length: points + 1 }, (_, index) => index);
    // A saw, so that every pixel has its least and its greatest.
    const values = all.values.map(() =>
      Array.from({ length: points }, (_, i) => (i * 7919) % 1_000),
    );
    const series = { edgesMs, gathered: 1, of: [{ ...all, values }] };
    const long: PageModel = { ...model, events: [], variants: [{ ...variant, series }] };
    await writeFile(box.path("long.html"), pageText(readFileSync(built.path, "utf8"), long)!);

    const { page, complaints } = await watchedPage(browser);
    // Counts what is really drawn: uPlot's lines are Path2D.
    await page.addInitScript(() => {
      const drawn = Object.getOwnPropertyDescriptor(Path2D.prototype, "lineTo")!;
      const lineTo = drawn.value as (this: Path2D, x: number, y: number) => void;
      Path2D.prototype.lineTo = function count(this: Path2D, x: number, y: number) {
        const { dataset } = document.documentElement;
        dataset["drawn"] = String(Number(dataset["drawn"] ?? 0) + 1);
        lineTo.call(this, x, y);
      };
    });
    await page.goto(pathToFileURL(box.path("long.html")).href);
    const charts = await page.locator("#series .plot").count();
    const drawnSince = async (act: () => Promise<void>): Promise<number> => {
      await page.evaluate(() => delete document.documentElement.dataset["drawn"]);
      await act();
      // Until nothing more was drawn for three frames: what is drawn is counted, not how soon.
      return page.evaluate(async () => {
        const count = () => Number(document.documentElement.dataset["drawn"] ?? 0);
        const frame = () => new Promise((done) => requestAnimationFrame(done));
        let last = -1;
        for (let quiet = 0; quiet < 3; quiet++) {
          await frame();
          if (count() !== last) quiet = 0;
          last = count();
        }
        return last;
      });
    };
    const over = (await page.locator("#series .u-over").first().boundingBox())!;
    const plot = page.locator("#series .plot").first();
    await plot.focus();
    // Half of it: 50,000 points, drawn with at most four a pixel column (in, least, greatest, out).
    const half = await drawnSince(() => page.keyboard.press("+"));
    expect(half).toBeGreaterThan(charts * over.width);
    expect(half).toBeLessThanOrEqual(4.1 * charts * over.width);
    for (let zoom = 0; zoom < 8; zoom++) await drawnSince(() => page.keyboard.press("+"));
    // 100,000 / 2^10 = 98 windows on some 430 pixels: each its own point in every chart.
    const close = await drawnSince(() => page.keyboard.press("+"));
    expect(close).toBeGreaterThan(charts * 90);
    expect(close).toBeLessThan(charts * 110);
    const moved = await drawnSince(() => page.keyboard.press("ArrowRight"));
    expect(Math.abs(moved - close)).toBeLessThan(charts * 10);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);
});
