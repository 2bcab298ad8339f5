/** Files that the user asked for by name: written whole or not at all, and not over another without being told so. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";

import { InputError } from "./io.ts";
import { shown, systemReason } from "./result-folder.ts";

/** Throws `InputError` in one line where it can't be. Missing folders are the user's slip: they are not made. */
export async function writeNewFile(
  path: string,
  content: string | Iterable<string>,
  { cwd, force }: { readonly cwd: string; readonly force: boolean },
): Promise<void> {
  if (!force && existsSync(path)) {
    throw new InputError(`${shown(path, cwd)}: is there already, --force replaces it`);
  }
  const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new InputError(`${shown(path, cwd)}: cannot be written, ${systemReason(error)}`);
  }
}
