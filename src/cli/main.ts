#!/usr/bin/env node
/**
 * Starts the `lbsim` command out of one file, with V8's code cache beside it: finding, parsing and
 * compiling some two hundred modules anew would be a good part of a short command's time. The
 * cache is made where the command is built (scripts/bundle.mjs). V8 refuses one of another version
 * or of other flags, and compiles as if there were none.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

import { digestOf } from "./code-cache.ts";

const file = fileURLToPath(new URL("command.script", import.meta.url));

/** As the build made it for this very script; undefined where anything is wrong with it. */
function cacheOf(script: Buffer): Buffer | undefined {
  try {
    const [digest, cache] = [readFileSync(`${file}.digest`, "utf8"), readFileSync(`${file}.cache`)];
    // V8 itself trusts what has the right length, whatever it holds.
    return digestOf(script, cache) === digest ? cache : undefined;
  } catch {
    return undefined;
  }
}

const code = readFileSync(file);
const script = new Script(code.toString("latin1"), { filename: file, cachedData: cacheOf(code) });
const start: unknown = script.runInThisContext();
if (typeof start === "function") Reflect.apply(start, undefined, [createRequire(file), file]);
