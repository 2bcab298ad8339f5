/**
 * A real browser for the tests of the pages: Debian's Chromium, driven by playwright-core. It gets
 * no network: whatever a page asks for beside itself is a failure of that page.
 */
import { type Browser, chromium, type Page } from "playwright-core";
import { missingText, pathOf } from "../programs/installed.ts";

export function launch(): Promise<Browser> {
  const executablePath = pathOf("chromium") ?? pathOf("google-chrome");
  if (executablePath === null) throw new Error(missingText(["chromium"]));
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
  });
}

export interface Watched {
  readonly page: Page;
  /** Errors in the console or in the page, and requests that left it: to be empty at the end. */
  readonly complaints: string[];
}

/** A new page that notes every error and every request for anything but its own file. */
export async function watchedPage(
  browser: Browser,
  options: { width?: number; height?: number; scheme?: "light" | "dark" } = {},
): Promise<Watched> {
  const { width = 1280, height = 900, scheme = "light" } = options;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`page: ${error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!/^(?:file|data|blob|about):/.test(url) && !url.startsWith("http://127.0.0.1:")) {
      complaints.push(`request: ${url}`);
    }
  });
  return { page, complaints };
}
