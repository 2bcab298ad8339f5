// Builds the pages of src/web into dist/web, each one HTML file that needs nothing beside itself:
// scripts, styles and workers stand inside, so that it opens from disk.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

const pathOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

for (const page of ["report", "playground"]) {
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
      outDir: pathOf(`dist/web/${page}`),
      emptyOutDir: true,
      target: "es2022",
      chunkSizeWarningLimit: 4000,
    },
  });
}
