// Takes the pictures of the pages that stand in README, into results/pictures: npm run pictures.
// They show what a person would see who does what is said here; wants `npm run pages` before it.
import { mkdirSync, statSync } from "node:fs";
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
  await page.locator(".gallery-name").getByText("datacenter dark", { exact: true }).click();
  await page.waitForTimeout(500);
  await press(page, "Close");
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

const pictures = [
  { name: "playground-light", page: "playground", scheme: "light", act: flagship },
  { name: "playground-dark", page: "playground", scheme: "dark", act: dark },
  { name: "playground-tour", page: "playground", scheme: "light", act: tour },
  {
    name: "playground-phone",
    page: "playground",
    scheme: "dark",
    size: { width: 390, height: 844 },
    act: async (page) => {
      await press(page, "Run");
      await page.waitForTimeout(4_000);
    },
  },
];

const wanted = process.argv.slice(2);
mkdirSync(pathOf("results/pictures"), { recursive: true });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
for (const { name, page: title, scheme, size, act } of pictures) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const viewport = size ?? { width: 1280, height: 900 };
  const context = await browser.newContext({ viewport, colorScheme: scheme });
  const page = await context.newPage();
  await page.goto(pathToFileURL(pathOf(`dist/web/${title}/index.html`)).href);
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
