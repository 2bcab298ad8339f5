// Makes few modules of many: `node scripts/bundle.mjs [DIST]`, after tsc.
//
// What test/bench loads comes as modules that share their chunks: the loop runs a little faster,
// since an imported constant costs more than one of the same module. The command becomes one script
// with V8's code cache beside it, see src/cli/main.ts. All other files stay as tsc wrote them.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { build } from "vite";

const dist = resolve(process.argv[2] ?? "dist");
const entries = [
  "balancing/registry",
  "experiment/settings",
  "scenario/read-scenario",
  "simulator/run",
  "statistics/metrics/registry",
  "statistics/run-summary",
  "statistics/selection",
  "statistics/tally",
  "version",
];

const packages = new Set();
rmSync(join(dist, "chunks"), { recursive: true, force: true });
const script = join(dist, "cli/command.script");
await bundle(["cli/command"], {
  entryFileNames: "cli/command.script",
  format: "cjs",
  codeSplitting: false,
});
// One expression, the function that main.ts calls; what the command exports is its value. In ASCII,
// which is read and kept at a byte a character.
const body = readFileSync(script, "utf8").replaceAll(/[^\0-\x7f]/g, escaped);
writeFileSync(
  script,
  `(function (require, __filename) { const exports = {};\n${body}\nreturn exports;\n})\n`,
);
await bundle(entries, { entryFileNames: "[name].js", chunkFileNames: "chunks/[name].js" });
const made = spawnSync(process.execPath, [join(import.meta.dirname, "code-cache.mjs"), script], {
  stdio: ["ignore", "ignore", "inherit"],
});
if (made.status !== 0) process.exit(1);
writeFileSync(join(dist, "chunks/LICENSES.txt"), [...packages].sort().map(licence).join("\n\n"));

/** Entries of dist/, by their names, into dist/ again. */
async function bundle(names, output) {
  await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: "warn",
    ssr: { noExternal: true },
    plugins: [{ name: "packages", moduleParsed: ({ id }) => note(id) }],
    build: {
      ssr: true,
      target: "node20",
      outDir: dist,
      emptyOutDir: false,
      minify: false,
      rollupOptions: {
        input: Object.fromEntries(names.map((name) => [name, join(dist, `${name}.js`)])),
        output,
      },
    },
  });
}

function escaped(character) {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function note(id) {
  const found = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id);
  if (found !== null) packages.add(found[1]);
}

/** The libraries' own words go with their code. */
function licence(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const text = ["LICENSE", "LICENSE.md", "LICENSE.txt", "license", "README.md"]
    .map((file) => join(folder, file))
    .find((file) => existsSync(file));
  return `${name} ${version}, ${license}\n\n${text === undefined ? "" : readFileSync(text, "utf8")}`;
}
