/**
 * The playground in a real browser, built as users get it: what is done on the page has its effect.
 */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Shared, writeLink } from "../../src/web/playground/links.ts";
import { sandbox, SMALL } from "../cli/harness.ts";
import { launch, type Watched, watchedPage } from "./browser.ts";
import { buildPage, type BuiltPage } from "./built.ts";

const axe = readFileSync(
  new URL("../../node_modules/axe-core/axe.min.js", import.meta.url),
  "utf8",
);
const box = sandbox();
let built: BuiltPage;
let browser: Browser;

beforeAll(async () => {
  built = buildPage("playground");
  browser = await launch();
}, 120_000);
afterAll(async () => {
  await browser.close();
  built.remove();
});

/**
 * Does something on a page of its own, which may not complain; names by role as a person finds
 * them.
 */
async function onPage(
  open: Partial<Shared> & { scheme?: "light" | "dark"; width?: number },
  act: (stage: Stage, watched: Watched) => Promise<void>,
): Promise<void> {
  const { text, lanes = [{ label: "", overrides: [] }], touches = [] } = open;
  const { scheme = "light", width = 1280 } = open;
  const watched = await watchedPage(browser, { scheme, width });
  const link =
    text === undefined
      ? ""
      : await writeLink({ name: "small.yaml", text, files: {}, lanes, touches });
  await watched.page.goto(`${built.url}${link}`);
  await watched.page.locator(".lane-head").first().waitFor();
  await act(new Stage(watched.page), watched);
  expect(watched.complaints).toEqual([]);
  await watched.page.context().close();
}

class Stage {
  constructor(readonly page: Page) {}

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name, exact: typeof name === "string" });
  }

  press(name: string | RegExp): Promise<void> {
    return this.button(name).first().click();
  }

  /** The row of that head in the inspector's figures. */
  fact(head: string): Locator {
    return this.page.locator("#inspector tr", { hasText: head }).locator("td").first();
  }

  async select(path: string): Promise<void> {
    await this.press(path);
    await this.page.locator("#inspector h2", { hasText: path }).waitFor();
  }

  async seek(to: string): Promise<void> {
    await this.page.getByLabel("Jump to").fill(to);
    await this.press("Go");
    await this.page.getByRole("progressbar").waitFor({ state: "detached" });
  }

  events(): Locator {
    return this.page.getByRole("region", { name: "Events" });
  }
}

const text = (locator: Locator): Promise<string | null> => locator.textContent();
const polled = (locator: Locator) => expect.poll(() => text(locator), { timeout: 10_000 });

describe("the page", () => {
  it("is less than 1 MB as it is sent", () => {
    expect(gzipSync(readFileSync(built.path)).length).toBeLessThan(1_000_000);
  });

  it("opens every scenario of the gallery with one click, and runs it", async () => {
    await onPage({}, async (stage) => {
      await stage.press("Scenarios");
      const names = await stage.page.locator(".gallery-name").allTextContents();
      expect(names.length).toBeGreaterThan(20);
      for (const [index, name] of names.entries()) {
        // The list has closed as the last one was opened.
        if (index > 0) await stage.press("Scenarios");
        await stage.page.locator(".gallery-name").getByText(name, { exact: true }).click();
        await stage.page.locator(".drawer").waitFor({ state: "detached" });
        await polled(stage.page.locator(".head h1")).toContain(` ${name}`);
        await polled(stage.page.locator(".clock output")).not.toBe("0 ms");
        expect(await stage.page.getByRole("alert").count(), name).toBe(0);
      }
    });
  });

  it.each([1280, 1440])("shows all figures of three lanes at %d px", async (width) => {
    // The page opens with three lanes.
    await onPage({ width }, async (stage) => {
      await stage.press("Table");
      await stage.select("fra");
      const beyond = await stage.page.locator("#inspector .facts td").evaluateAll((cells) => {
        const edge = document.querySelector("#inspector")!.getBoundingClientRect().right;
        return cells.filter((cell) => cell.getBoundingClientRect().right > edge + 1).length;
      });
      expect(beyond).toBe(0);
      expect(await stage.page.locator("#inspector thead th").count()).toBe(3);
    });
  });

  it("shows names with markup in them as text", async () => {
    const markup = '<img src="x" onerror="document.title=1">';
    const marked = SMALL.replace("question: Does it run?", `question: '${markup} runs?'`);
    await onPage({ text: marked, lanes: [{ label: markup, overrides: [] }] }, async ({ page }) => {
      await polled(page.locator(".question")).toBe(`${markup} runs?`);
      await polled(page.locator(".lane-head h2")).toContain(markup);
      expect(await page.locator("img").count()).toBe(0);
      expect(await page.title()).toBe("lbsim playground");
    });
  });

  it("opens a link with its lanes, and makes its touches at their times", async () => {
    const lanes = ["mod-n", "maglev"].map((label) => ({
      label,
      overrides: [`fra.strategy=${label}`],
    }));
    const touches = [
      { atMs: 2_500, lane: null, touch: { kind: "drain", node: "global/fra/2" } },
      { atMs: 3_000.4, lane: 1, touch: { kind: "fail", node: "global/gru", manner: "crash" } },
    ] as const;
    await onPage({ text: SMALL, lanes, touches }, async (stage) => {
      await polled(stage.events()).toMatch(/2\.501 s.*fra\/2 drains.*3\.001 s.*gru crashes/);
      await stage.press("Table");
      const state = stage.page.locator(".state-table tr", { hasText: "gru" }).first();
      await polled(state).toContain("up");
      await stage.page.getByLabel("Lane").selectOption("maglev");
      await polled(state).toContain("crashed");
      await stage.press("Start over without touches");
      await polled(stage.events()).not.toContain("drains");
    });
  });

  it("says what is wrong with a scenario or a link, and keeps what was open", async () => {
    await onPage({ text: SMALL }, async ({ page }) => {
      const wrong = await writeLink({
        name: "wrong.yaml",
        text: SMALL.replace("users: 500", "userz: 500"),
        files: {},
        lanes: [{ label: "", overrides: [] }],
        touches: [],
      });
      await page.evaluate((hash) => void (location.hash = hash), wrong);
      await polled(page.getByRole("alert")).toContain("userz");
      await page.evaluate(() => void (location.hash = "#s=1.broken!"));
      await polled(page.getByRole("alert")).toContain("damaged");
      expect(await text(page.locator(".head h1"))).toContain("small");
      await polled(page.getByRole("alert")).toContain("small is shown instead");
      await page.evaluate(() => void (location.hash = "#two-choices"));
      await polled(page.getByRole("alert")).toContain('"#two-choices" holds no scenario');
      await page.reload();
      await polled(page.locator(".head h1")).toContain("flagship");
      await polled(page.getByRole("alert")).toContain("flagship is shown instead");
      await polled(page.getByRole("alert")).toContain("#two-choices");
      await page.evaluate(() => void (location.hash = "#s=1.broken!"));
      await page.reload();
      await polled(page.getByRole("alert")).toContain("flagship is shown instead");
      await polled(page.getByRole("alert")).toContain("damaged");
    });
  });
});

it("says where requests are counted: at machines, where a response cache answers others", async () => {
  const cached = SMALL.replace("name: fra", "name: fra\n      response-cache: { lru: 10 }");
  await onPage({ text: cached }, async (stage) => {
    await stage.press("Table");
    await stage.select("fra");
    await stage.fact("Requests at machines").waitFor();
    await stage.select("fra/1");
    await stage.fact("Requests").waitFor();
    expect(await stage.fact("Requests at machines").count()).toBe(0);
  });
});

describe("a touch made on the page", () => {
  it("has its effect in the next frames: nodes", async () => {
    await onPage({ text: SMALL }, async (stage) => {
      await stage.press("Table");
      await stage.seek("1s");
      await stage.select("fra/1");
      const state = stage.fact("State");
      await stage.press("Crash");
      await polled(state).toBe("crashed");
      await stage.press("Restore");
      await polled(state).toBe("up");
      await stage.press("Silence");
      await polled(state).toBe("silent");
      await stage.press("Restore");
      await polled(state).toBe("up");
      await stage.press("Slow");
      await polled(state).toBe("up, 4 × slower");
      await stage.press("Restore");
      await polled(state).toBe("up");
      await stage.page.getByLabel("Weight").fill("3");
      await stage.press("Set");
      await polled(stage.page.locator("#inspector > p").first()).toContain("weight 3");
      await stage.press("Drain");
      await polled(state).toMatch(/draining|removed/);
      await stage.select("fra/2");
      await stage.press("Remove");
      await polled(state).toBe("removed");
      expect(await stage.events().getByRole("listitem").count()).toBeGreaterThan(8);
    });
  });

  it("has its effect in the next frames: balancers, regions, links", async () => {
    await onPage({ text: SMALL }, async (stage) => {
      const { page } = stage;
      await stage.press("Table");
      await stage.seek("1s");
      await stage.select("fra");
      await stage.press("Add");
      await stage.button("fra/4").waitFor();
      await page.getByLabel("Strategy").selectOption("maglev");
      await stage.press("Use it");
      await polled(stage.fact("Strategy")).toContain("maglev");
      await page.getByLabel("Strategy").selectOption("ring-hash");
      await page.getByLabel(/^nodes/).fill("17");
      await stage.press("Use it");
      await polled(stage.fact("Strategy")).toContain("17");
      const link = page.getByRole("group", { name: "Link to sao-paulo" });
      await link.getByRole("button", { name: "Cut" }).click();
      await polled(link).toContain("(cut)");
      await link.getByRole("button", { name: "Mend" }).click();
      await polled(link).toMatch(/\(\d+(?:\.\d+)? ms\)/);
      await link.getByRole("button", { name: "+100 ms" }).click();
      await polled(link).toContain(" + 100 ms)");
      await stage.press("Darken (silence)");
      await polled(stage.fact("State")).toBe("silent");
      await stage.press("Close");
      await page.getByRole("application").focus();
      await page.keyboard.press("p");
      await page.keyboard.press("p");
      await polled(page.locator("#inspector h2")).toBe("brazil");
      await page.getByLabel(/^Arrival rate/).press("ArrowRight");
      await polled(stage.events()).toContain("brazil asks at 1.1 times the rate");
    });
  });

  it("is saved as an event: the command line repeats the run with the same fingerprint", async () => {
    const lanes = ["mod-n", "ring-hash"].map((label) => ({
      label,
      overrides: [`fra.strategy=${label}`],
    }));
    await onPage({ text: SMALL, lanes }, async (stage) => {
      const { page } = stage;
      await stage.press("Table");
      await stage.seek("3s");
      await stage.select("fra/2");
      await stage.press("Crash");
      await polled(stage.fact("State")).toBe("crashed");
      await stage.seek("10s");
      await stage.press("Save ring-hash");
      const download = page.getByRole("link", { name: "Download small.yaml" });
      const href = (await download.getAttribute("href"))!;
      await box.write("small.yaml", decodeURIComponent(href.slice(href.indexOf(",") + 1)));
      const [program, ...argv] = (await text(page.locator("#saved-command")))!.split(" ");
      expect([program, argv[0]]).toEqual(["lbsim", "run"]);
      const { code, out } = await box.lbsim([...argv, "--json"]);
      expect(code).toBe(0);
      const fingerprint = await text(page.locator("#saved-fingerprint"));
      expect(fingerprint).toMatch(/^[0-9a-f]{16}$/);
      expect(out).toContain(fingerprint);
    });
  });
});

describe("time", () => {
  it("runs, pauses, goes on by one event, and goes back", async () => {
    await onPage({ text: SMALL }, async (stage) => {
      const clock = stage.page.locator(".clock output");
      await stage.press("Run");
      await polled(clock).not.toBe("0 ms");
      await stage.press("Pause");
      await stage.seek("4s");
      await polled(clock).toBe("4 s");
      await stage.press("Step");
      await polled(stage.page.locator("#said")).not.toContain("Opened");
      const after = stage.page.locator(".lane-head dl");
      const figures = await text(after);
      await stage.seek("9s");
      await stage.seek("4s");
      await polled(after).toBe(figures);
    });
  });
});

describe("without a mouse", () => {
  it("the stage is walked, told, and touched", async () => {
    await onPage({ text: SMALL }, async ({ page }) => {
      const sentence = page.locator("#selected-sentence");
      await page.getByRole("application").focus();
      await polled(sentence).toContain("Balancer global");
      await page.keyboard.press("n");
      await polled(sentence).toContain("Balancer fra");
      await page.keyboard.press("n");
      await polled(sentence).toContain("Machine fra/1: up, 0 of 1 cores busy");
      await page.keyboard.press("ArrowLeft");
      await polled(sentence).toContain("Balancer fra");
      await page.keyboard.press("Home");
      await page.keyboard.press("n");
      await page.keyboard.press("Space");
      await page.getByRole("button", { name: "Pause" }).waitFor();
      await page.keyboard.press("f");
      await polled(page.getByRole("region", { name: "One request" })).toContain("chose fra/");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await polled(page.locator("#inspector tr", { hasText: "State" })).toContain("crashed");
    });
  });

  it("everything that a pointer reaches is reached by the tab key, and its focus is seen", async () => {
    await onPage({ text: SMALL }, async ({ page }) => {
      const wanted = await page
        .locator("button:enabled, input, select, a[href], [tabindex='0']")
        .count();
      const met = new Set<number>();
      for (let i = 0; i < wanted; i++) {
        await page.keyboard.press("Tab");
        const [index, outline] = await page.evaluate(() => {
          const all = "button:enabled, input, select, a[href], [tabindex='0']";
          const { activeElement } = document;
          const nodes = [...document.querySelectorAll(all)];
          return [nodes.indexOf(activeElement!), getComputedStyle(activeElement!).outlineStyle];
        });
        met.add(index);
        expect(outline).not.toBe("none");
      }
      expect(met.size).toBe(wanted);
    });
  });
});

describe("accessibility", () => {
  interface Finding {
    readonly id: string;
    readonly impact: string | null;
    readonly nodes: readonly { readonly html: string }[];
  }
  const findings = async (page: Page): Promise<string[]> => {
    const found = await page.evaluate<readonly Finding[]>("axe.run().then((r) => r.violations)");
    return found
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
  };

  for (const scheme of ["light", "dark"] as const) {
    it(`axe finds nothing serious, ${scheme}`, async () => {
      await onPage({ text: SMALL, scheme }, async (stage) => {
        await stage.page.addScriptTag({ content: axe });
        await stage.press("The next one");
        await stage.seek("6s");
        for (const drawer of ["Table", "Scenarios", "Lanes", "Edit", "Tour"]) {
          await stage.press(drawer);
          if (drawer === "Table") await stage.select("fra");
          expect(await findings(stage.page), drawer).toEqual([]);
        }
      });
    });
  }

  it("a phone shows all of it below each other, none of it cut off at the side", async () => {
    await onPage({ text: SMALL, width: 390 }, async ({ page }) => {
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBe(390);
      expect((await page.locator(".stage").boundingBox())!.height).toBeGreaterThan(300);
    });
  });
});
