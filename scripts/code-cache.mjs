// Writes V8's code cache of the built command: `node scripts/code-cache.mjs SCRIPT`, and a digest
// by which src/cli/main.ts knows it. The command runs first, so that the functions which every run
// needs are in it, compiled.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import process from "node:process";
import { Script } from "node:vm";

const [file] = process.argv.slice(2);
const scenario = fileURLToPath(new URL("../scenarios/flagship.yaml", import.meta.url));
const code = readFileSync(file);
const script = new Script(code.toString("latin1"), { filename: file });
const start = script.runInThisContext();
for (const command of ["validate", "run --no-write", "compare --no-write --seeds 2"]) {
  process.argv = [process.execPath, file, ...command.split(" "), scenario];
  await start(createRequire(file), file).ended;
  // 1: something was not as expected, which is no matter here.
  if (process.exitCode > 1) throw new Error(`lbsim ${command} ${scenario}: ${process.exitCode}`);
}
const cache = script.createCachedData();
writeFileSync(`${file}.cache`, cache);
const { digestOf } = await import(pathToFileURL(join(dirname(file), "code-cache.js")).href);
writeFileSync(`${file}.digest`, digestOf(code, cache));
process.exitCode = 0;
