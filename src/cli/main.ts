#!/usr/bin/env node
/**
 * Starts the `lbsim` command out of one file, with V8's code cache beside it: finding, parsing and
 * compiling some two hundred modules anew would take three tenths of a short command's time. The cache
 * is made where the command is built (scripts/bundle.mjs); V8 refuses one of another version, and
 * compiles as if there were none.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

const file = fileURLToPath(new URL("command.script", import.meta.url));
const cache = `${file}.cache`;
const script = new Script(readFileSync(file, "utf8"), {
  filename: file,
  cachedData: existsSync(cache) ? readFileSync(cache) : undefined,
});
const start: unknown = script.runInThisContext();
if (typeof start === "function") Reflect.apply(start, undefined, [createRequire(file), file]);
