// Writes V8's code cache of the built command: `node scripts/code-cache.mjs SCRIPT`. The command
// runs first, so that the functions which every run needs are in it, compiled.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import process from "node:process";
import { Script } from "node:vm";

const [file] = process.argv.slice(2);
const scenario = fileURLToPath(new URL("../scenarios/flagship.yaml", import.meta.url));
const script = new Script(readFileSync(file, "utf8"), { filename: file });
const start = script.runInThisContext();
for (const command of ["validate", "run --no-write", "compare --no-write --seeds 2"]) {
  process.argv = [process.execPath, file, ...command.split(" "), scenario];
  await start(createRequire(file), file).ended;
  if (process.exitCode !== 0) process.exit(1);
}
writeFileSync(`${file}.cache`, script.createCachedData());
