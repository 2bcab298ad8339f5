// Takes the pictures of the pages that stand in README, into results/pictures: npm run pictures.
// They show what a person would see who does what is said here; wants `npm run build` before it.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const pathOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
/** Larger ones make a page of a repository slow. */
const MOST_BYTES = 300_000;

const press = (page, name) => page.getByRole("button", { name, exact: true }).first().click();
const seek = async (page, to) => {
  await page.getByLabel("Jump to").fill(to);
  await press(page, "Go");
  await page.getByRole("progressbar").waitFor({ state: "detached", timeout: 120_000 });
};

const flagship = async (page) => {
  await seek(page, "62s");
  await press(page, "Slower");
  await press(page, "Slower");
  await press(page, "Run");
  await page.waitForTimeout(2_500);
  const stage = page.getByRole("application");
  await stage.focus();
  for (let i = 0; i < 4; i++) await page.keyboard.press("n");
  await page.waitForTimeout(1_500);
};

const dark = async (page) => {
  await press(page, "Scenarios");
  await page.locator(".gallery-name").getByText("datacenter-dark", { exact: true }).click();
  await page.waitForTimeout(500);
  await press(page, "Pause");
  await seek(page, "36s");
  await press(page, "Run");
  await page.waitForTimeout(2_500);
};

const tour = async (page) => {
  await press(page, "Tour");
  await page.getByRole("button", { name: /^Lesson\s+6/ }).click();
  await page.waitForTimeout(3_000);
  await page.locator(".tour-touch").click();
  await page.waitForTimeout(4_000);
};

/** Brings a section of a report under its bar. */
const toSection = async (page, id) => {
  await page.locator(`#${id}`).evaluate((section) => {
    section.scrollIntoView({ behavior: "instant", block: "start" });
  });
  await page.waitForTimeout(400);
};

const planet = async (page) => {
  await page.locator("#map .button", { hasText: "geo" }).click();
  await page.locator("#map input[type=range]").fill("11");
  await toSection(page, "map");
};

const FLAGSHIP = "results/flagship/compare-seeds-7-16";
const PHONE = { width: 390, height: 844 };

const pictures = [
  {
    name: "report-light",
    result: FLAGSHIP,
    scheme: "light",
    size: { width: 1280, height: 1040 },
    act: async () => {},
  },
  {
    name: "report-dark",
    result: "results/follow-the-sun/compare-seeds-1-3",
    scheme: "dark",
    size: { width: 1280, height: 790 },
    act: planet,
  },
  {
    name: "report-machines",
    result: FLAGSHIP,
    scheme: "light",
    act: (page) => toSection(page, "heat"),
  },
  {
    name: "report-phone",
    result: FLAGSHIP,
    scheme: "light",
    size: PHONE,
    act: (page) => toSection(page, "series"),
  },
  { name: "playground-light", page: "playground", scheme: "light", act: flagship },
  { name: "playground-dark", page: "playground", scheme: "dark", act: dark },
  { name: "playground-tour", page: "playground", scheme: "light", act: tour },
  {
    name: "playground-phone",
    page: "playground",
    scheme: "dark",
    size: PHONE,
    act: async (page) => {
      await press(page, "Run");
      await page.waitForTimeout(4_000);
    },
  },
];

const folder = mkdtempSync(join(tmpdir(), "lbsim-pictures-"));

/** The page to open: a built one, or the report of a result. */
function pageOf({ name, page, result }) {
  if (result === undefined) return pathOf(`dist/web/${page}/index.html`);
  const path = join(folder, `${name}.html`);
  const argv = [pathOf("dist/cli/main.js"), "report", pathOf(result), "-q", "-o", path];
  const { status } = spawnSync(process.execPath, argv, { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`no report of ${result}`);
  return path;
}

const wanted = process.argv.slice(2);
mkdirSync(pathOf("results/pictures"), { recursive: true });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
for (const picture of pictures) {
  const { name, scheme, size, act } = picture;
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const viewport = size ?? { width: 1280, height: 900 };
  const context = await browser.newContext({ viewport, colorScheme: scheme });
  const page = await context.newPage();
  await page.goto(pathToFileURL(pageOf(picture)).href);
  await page.waitForTimeout(500);
  await act(page);
  const path = pathOf(`results/pictures/${name}.png`);
  await page.screenshot({ path });
  await context.close();
  const { size: bytes } = statSync(path);
  console.log(`${name}: ${Math.round(bytes / 1000)} kB`);
  if (bytes > MOST_BYTES) process.exitCode = 1;
}
await browser.close();
rmSync(folder, { recursive: true, force: true });
