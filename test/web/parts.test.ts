/** Editor, gallery and tour in Chromium, on a page that holds nothing else. */
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lessons } from "../../src/web/playground/tour/lessons.ts";
import { smallest } from "../scenario/helpers.ts";
import { launch, watchedPage } from "./browser.ts";
import { buildHarness } from "./harness/build.ts";
import type { Asked } from "./harness/main.tsx";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

let browser: Browser;
let harness: Awaited<ReturnType<typeof buildHarness>>;
beforeAll(async () => {
  [browser, harness] = await Promise.all([launch(), buildHarness()]);
});
afterAll(async () => {
  await browser.close();
  harness.remove();
});

const askedOf = (page: Page): Promise<Asked[]> => page.evaluate(() => window.asked);

/** A page at an address; `end` says that nothing was wrong with it. */
async function opened(hash = "", scheme: "light" | "dark" = "light") {
  const { page, complaints } = await watchedPage(browser, { scheme });
  await page.goto(`${harness.url}${hash}`);
  await page.waitForSelector(".cm-content");
  const end = async (): Promise<void> => {
    expect(complaints).toEqual([]);
    await page.context().close();
  };
  return { page, end };
}

/** The address follows what is drawn. */
const hashIs = (page: Page, hash: string) =>
  page.waitForFunction((wanted) => location.hash === wanted, hash);

/** Writes it in the editor, and waits until it was read. */
async function write(page: Page, text: string): Promise<void> {
  await page.focus(".cm-content");
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(text);
  await page.waitForFunction((read) => window.asked.some((each) => each.read === read), text);
}

describe("the editor", () => {
  it("completes a field, then its value, by key", async () => {
    const { page, end } = await opened();
    await write(page, "balancer:\n  name: web\n  ");
    await page.keyboard.type("strat");
    await page.waitForSelector(".cm-tooltip-autocomplete li[aria-selected]");
    // Nobody takes by mistake what appears in the moment of a key: CodeMirror waits 75 ms.
    await page.waitForTimeout(200);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".cm-tooltip-autocomplete li:has-text('maglev')");
    await page.keyboard.type("magl");
    await page.waitForFunction(() => document.querySelectorAll(".cm-tooltip li").length < 4);
    await page.waitForTimeout(200);
    await page.keyboard.press("Enter");
    await page.locator(".cm-line", { hasText: /^ {2}strategy: maglev$/ }).waitFor();
    await end();
  });

  it("tells each problem at its line as the reader does, and mends it by key", async () => {
    const { page, end } = await opened();
    await write(page, smallest().replace("machines: 4", "machines: 4, core: 2"));
    const list = page.locator(".editor-problems");
    expect(await list.locator("li").textContent()).toContain(
      'Line 4 unknown field "core" in the machines of web: did you mean "cores"?',
    );
    expect(await page.locator(".cm-lintRange-error").textContent()).toBe("core");
    expect(await list.locator("[role=status]").textContent()).toContain("last good scenario");
    await page.focus(".editor-fix");
    await page.keyboard.press("Enter");
    await list.locator("li").waitFor({ state: "detached" });
    const asked = await askedOf(page);
    expect(asked.findLast(({ read }) => read !== undefined)).toEqual({
      problems: 0,
      read: smallest().replace("machines: 4", "machines: 4, cores: 2"),
    });
    await end();
  });

  it("is run by Ctrl+Enter, keeps Tab for the text, and is left by Escape and Tab", async () => {
    const { page, end } = await opened();
    await write(page, "seed: 1");
    await page.keyboard.press("Control+Enter");
    await page.waitForFunction(() => window.asked.at(-1)?.run === "seed: 1");
    const inside = (): Promise<boolean> =>
      page.evaluate(() => document.activeElement?.classList.contains("cm-content") ?? false);
    await page.keyboard.press("Tab");
    expect(await inside()).toBe(true);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    expect(await inside()).toBe(false);
    await end();
  });

  it("keeps what is written while the page opens what was written before", async () => {
    const { page, end } = await opened();
    await page.focus(".cm-content");
    await page.keyboard.press("Control+Home");
    const first = `seed: 1\n${smallest()}`;
    await page.keyboard.insertText("seed: 1\n");
    await page.waitForFunction((read) => window.asked.some((each) => each.read === read), first);
    await page.keyboard.insertText("warmup: 0s\n");
    const second = first.replace("seed: 1\n", "seed: 1\nwarmup: 0s\n");
    await page.waitForFunction((read) => window.asked.some((each) => each.read === read), second);
    // Until both have come back, and what that set off was read.
    await page.waitForTimeout(1_000);
    const reads = (await askedOf(page)).flatMap(({ read }) => read ?? []);
    expect(reads.slice(reads.indexOf(second))).toEqual([second]);
    await end();
  });

  it("shows markup in a scenario as text", async () => {
    const { page, end } = await opened();
    await write(page, "<img src=x onerror=alert(1)>: 1");
    expect(await page.locator(".editor-problems").textContent()).toContain("<img src=x");
    expect(await page.locator("img").count()).toBe(0);
    await end();
  });
});

describe("the gallery", () => {
  it("finds scenarios by their words and opens one by key", async () => {
    const { page, end } = await opened();
    const cards = page.locator(".gallery-card");
    expect(await cards.count()).toBeGreaterThan(20);
    await page.focus(".gallery-search input");
    await page.keyboard.type("two choices");
    await page.waitForFunction(() => document.querySelectorAll(".gallery-card").length < 6);
    await page.locator(".gallery-card", { hasText: "Is it worth looking" }).focus();
    await page.keyboard.press("Enter");
    await page.locator(".cm-line", { hasText: "Is it worth looking" }).waitFor();
    expect(await askedOf(page)).toContainEqual({ open: "two-choices.yaml" });
    await end();
  });
});

describe("the tour", () => {
  it("goes from first to last by keyboard: each touch made, each question answered", async () => {
    const { page, end } = await opened();
    for (const [index, { question, title }] of lessons.entries()) {
      await page.locator(".tour-title", { hasText: title }).waitFor();
      if (index === 0) await page.focus(".tour-title");
      else await page.locator(".tour-title:focus", { hasText: title }).waitFor();
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      // Past "Start over" into the options; with arrows to the right one.
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Space");
      for (let at = 0; at < question.right; at++) await page.keyboard.press("ArrowDown");
      await page.locator(".tour-question [role=status]", { hasText: /^Right\./ }).waitFor();
      await page.keyboard.press("Tab");
      if (index > 0) await page.keyboard.press("Tab");
      if (index < lessons.length - 1) await page.keyboard.press("Enter");
    }
    const letters = lessons.map(({ question }) => "abc"[question.right]).join("");
    await hashIs(page, `#tour=the-hierarchy:${letters}`);
    const asked = await askedOf(page);
    expect(asked.flatMap(({ lesson }) => lesson ?? [])).toEqual(lessons.map(({ name }) => name));
    expect(asked.flatMap(({ touch }) => touch ?? [])).toEqual(
      lessons.map(({ touch }) => touch.order),
    );
    expect(await page.locator(".tour-steps .is-right").count()).toBe(lessons.length);
    await end();
  });

  it("shows the number before the touch beside the number now, and takes wrong answers", async () => {
    const { page, end } = await opened("#tour=two-choices");
    await page.evaluate(() => (window.figure = 585));
    await page.click(".tour-touch");
    await page.evaluate(() => (window.figure = 2040));
    await page.click(".tour-question label >> nth=0");
    await page.locator(".tour-question [role=status]", { hasText: "Not that." }).waitFor();
    await page.locator(".tour-watch dd", { hasText: /^585 ms → 2.04 s$/ }).waitFor();
    await page.click("text=Start over");
    await page.locator(".tour-watch dd", { hasText: /^2.04 s$/ }).waitFor();
    expect((await askedOf(page)).at(-1)).toMatchObject({ lesson: "tour-04-two-choices.yaml" });
    await end();
  });

  it("begins where a link leads, and going back in the browser forgets no answer", async () => {
    const { page, end } = await opened("#tour=maglev:ba");
    await page.locator(".tour-title", { hasText: "Maglev" }).waitFor();
    await page.click(".tour-next");
    await page.locator(".tour-title", { hasText: "Layers" }).waitFor();
    await page.click(".tour-question label >> nth=0");
    await page.locator(".tour-question [role=status]", { hasText: /^Right\./ }).waitFor();
    await page.goBack();
    await page.locator(".tour-title", { hasText: "Maglev" }).waitFor();
    await hashIs(page, "#tour=maglev:ba-------a");
    expect(await page.locator(".tour-steps .is-right").count()).toBe(3);
    await end();
  });
});

it.each(["light", "dark"] as const)("axe finds nothing serious in the %s", async (scheme) => {
  const { page, end } = await opened("#tour=maglev:bbbbbbbba", scheme);
  await write(page, "seed: 1\nstrategy: 3\n");
  await page.addScriptTag({ path: AXE });
  const { violations } = await page.evaluate<AxeResults>("axe.run()");
  const found = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(
    found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("\n")}`),
  ).toEqual([]);
  await end();
});
