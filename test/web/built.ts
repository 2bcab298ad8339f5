/** A page as `npm run pages` builds it, in a folder of the test's own. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export interface BuiltPage {
  readonly path: string;
  readonly url: string;
  /** Takes the folder away. */
  readonly remove: () => void;
}

export function buildPage(page: "report" | "playground"): BuiltPage {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), "lbsim-page-"));
  const argv = ["scripts/pages.mjs", "--out", folder, page];
  const { status, stderr } = spawnSync(process.execPath, argv, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`the page was not built: ${stderr}`);
  const path = join(folder, page, "index.html");
  return {
    path,
    url: pathToFileURL(path).href,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
