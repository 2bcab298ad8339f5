// Builds the pages of src/web into dist/web, each one HTML file that needs nothing beside itself:
// scripts, styles and workers stand inside, so that it opens from disk.
// Usage: node scripts/pages.mjs [--out FOLDER] [PAGE…]
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

const pathOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const { values, positionals } = parseArgs({
  options: { out: { type: "string", default: pathOf("dist/web") } },
  allowPositionals: true,
});

for (const page of positionals.length > 0 ? positionals : ["report", "playground"]) {
  const root = pathOf(`src/web/${page}`);
  if (!existsSync(`${root}/index.html`)) continue;
  await build({
    root,
    configFile: false,
    base: "./",
    logLevel: "warn",
    plugins: [viteSingleFile()],
    oxc: { jsx: { runtime: "automatic", importSource: "preact", development: false } },
    build: {
      outDir: join(values.out, page),
      emptyOutDir: true,
      target: "es2022",
      chunkSizeWarningLimit: 4000,
    },
  });
}
