/** The harness as one file in a folder of its own, built as the pages are. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

export async function buildHarness(): Promise<{ readonly url: string; remove: () => void }> {
  const outDir = mkdtempSync(join(tmpdir(), "lbsim-harness-"));
  await build({
    root: fileURLToPath(new URL(".", import.meta.url)),
    configFile: false,
    base: "./",
    logLevel: "warn",
    plugins: [viteSingleFile()],
    oxc: { jsx: { runtime: "automatic", importSource: "preact", development: false } },
    build: { outDir, emptyOutDir: true, target: "es2022", chunkSizeWarningLimit: 4000 },
  });
  return {
    url: pathToFileURL(join(outDir, "index.html")).href,
    remove: () => rmSync(outDir, { recursive: true, force: true }),
  };
}
