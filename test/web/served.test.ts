/**
 * The playground as `lbsim play FILE` serves it, in a real browser: its policy lets it work, and
 * nothing else.
 */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pageWith } from "../../src/cli/play-page.ts";
import { SMALL } from "../cli/harness.ts";
import { launch, watchedPage } from "./browser.ts";
import { buildPage, type BuiltPage } from "./built.ts";

const MARKUP = "</script><script>document.title = 'caught'</script><img src=x onerror=alert(1)>";

let built: BuiltPage;
let browser: Browser;
let server: Server;
let url: string;

beforeAll(async () => {
  built = buildPage("playground");
  const text = SMALL.replace("Does it run?", `"${MARKUP}"`);
  const { html, policy } = pageWith(readFileSync(built.path, "utf8"), {
    name: "given.yaml",
    text,
    files: {},
  });
  server = createServer((_, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.setHeader("content-security-policy", policy);
    response.end(html);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
  browser = await launch();
}, 120_000);
afterAll(async () => {
  await browser.close();
  server.close();
  built.remove();
});

it("opens the file that it was given, whose words stay words", async () => {
  const { page, complaints } = await watchedPage(browser);
  await page.goto(url);
  await page.getByText(MARKUP).first().waitFor();
  expect(await page.title()).not.toBe("caught");
  expect(await page.locator("img[src=x]").count()).toBe(0);
  // Its two variants stand side by side.
  expect(await page.locator(".lane-head").count()).toBe(2);
  expect(complaints).toEqual([]);
});

it("runs no script that the page did not come with", async () => {
  const { page, complaints } = await watchedPage(browser);
  await page.goto(url);
  await page.getByText(MARKUP).first().waitFor();
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "document.title = 'caught'";
    document.body.append(script);
  });
  expect(await page.title()).not.toBe("caught");
  expect(complaints).toEqual([expect.stringMatching(/Content Security Policy/)]);
});
