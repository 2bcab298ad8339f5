/**
 * Result folders are written whole or not at all: into a hidden sibling first, which then takes the place of the old one.
 * On any failure the old folder stays, and nothing half-written is left behind.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";

import { InputError } from "./io.ts";

/** Names of files (no folders) and their text, in the order in which they are listed. */
export type ResultFiles = ReadonlyMap<string, string>;

/** Throws `InputError` with one line where the folder can't be written. */
export async function writeResultFolder(
  folder: string,
  files: ResultFiles,
  cwd: string,
): Promise<void> {
  let temporary: string | null = null;
  try {
    await mkdir(dirname(folder), { recursive: true });
    const sibling = `.${basename(folder)}-${randomBytes(4).toString("hex")}`;
    temporary = join(dirname(folder), sibling);
    await mkdir(temporary);
    for (const [name, text] of files) await writeFile(join(temporary, name), text);
    await replace(folder, temporary);
  } catch (error) {
    if (temporary !== null) await rm(temporary, { recursive: true, force: true });
    throw new InputError(`${shown(folder, cwd)}: cannot be written, ${systemReason(error)}`);
  }
}

/** The old folder steps aside until the new one stands. */
async function replace(folder: string, temporary: string): Promise<void> {
  const aside = `${temporary}.old`;
  const hadOld = await moved(folder, aside);
  try {
    await rename(temporary, folder);
  } catch (error) {
    if (hadOld) await rename(aside, folder);
    throw error;
  }
  if (hadOld) await rm(aside, { recursive: true, force: true });
}

async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  ENOENT: "there is no such file",
  ENOTDIR: "a part of the path is a file",
  EISDIR: "it is a folder",
  EEXIST: "a file of that name stands there",
  EMFILE: "too many files are open",
  ELOOP: "links go in a circle",
  ENAMETOOLONG: "the name is too long",
};

/** Words for an error of the file system, without the path. */
export function systemReason(error: unknown): string {
  const code = codeOf(error);
  return (code === undefined ? undefined : REASONS[code]) ?? code ?? String(error);
}

/** A path as the user would write it from where they stand. */
export function shown(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === "" ? "." : short.startsWith("..") ? path : short;
}

/** Eight hexadecimal digits of SHA-256: tells apart runs whose overrides differ. */
export const shortHash = (text: string): string => sha256(text).slice(0, 8);
export const sha256 = (content: string | Uint8Array): string =>
  createHash("sha256").update(content).digest("hex");
