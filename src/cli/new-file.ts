/**
 * Files that the user asked for by name: written whole or not at all, and not over another without
 * being told so.
 */
import { randomBytes } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import process from "node:process";

import { InputError } from "./io.ts";
import { shown, systemReason } from "./result-folder.ts";

/**
 * Throws `InputError` in one line where it can't be. Missing folders are the user's slip: they are
 * not made.
 */
export async function writeNewFile(
  path: string,
  content: string | Iterable<string>,
  { cwd, force }: { readonly cwd: string; readonly force: boolean },
): Promise<void> {
  if (!force && existsSync(path)) {
    throw new InputError(`${shown(path, cwd)}: is there already, --force replaces it`);
  }
  const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  // Also when a second Ctrl-C ends the process at once.
  const undo = (): void => {
    if (existsSync(temporary)) rmSync(temporary);
  };
  process.once("exit", undo);
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    throw new InputError(`${shown(path, cwd)}: cannot be written, ${systemReason(error)}`);
  } finally {
    process.off("exit", undo);
    undo();
  }
}
