/**
 * Result folders are written whole or not at all: into a hidden sibling first, which then takes the
 * place of the old one. On any failure the old folder stays, and nothing half-written is left
 * behind.
 */
import { createHash, randomBytes } from "node:crypto";
import { existsSync, renameSync, rmSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import process from "node:process";

import { InputError } from "./io.ts";

/** Names of files (no folders) and their text, in the order in which they are listed. */
export type ResultFiles = ReadonlyMap<string, string>;

/** Throws `InputError` with one line where the folder can't be written. */
export async function writeResultFolder(
  folder: string,
  files: ResultFiles,
  cwd: string,
): Promise<void> {
  const sibling = `.${basename(folder)}-${randomBytes(4).toString("hex")}`;
  const temporary = join(dirname(folder), sibling);
  const aside = `${temporary}.old`;
  // A second Ctrl-C ends the process between two steps: the old folder comes back, the new one
  // goes.
  const undo = (): void => {
    if (existsSync(aside) && !existsSync(folder)) renameSync(aside, folder);
    for (const path of [temporary, aside]) {
      if (existsSync(path)) rmSync(path, { recursive: true });
    }
  };
  process.once("exit", undo);
  try {
    await mkdir(dirname(folder), { recursive: true });
    await mkdir(temporary);
    for (const [name, text] of files) await writeFile(join(temporary, name), text);
    await moveIfThere(folder, aside);
    await rename(temporary, folder);
  } catch (error) {
    throw new InputError(`${shown(folder, cwd)}: cannot be written, ${systemReason(error)}`);
  } finally {
    process.off("exit", undo);
    undo();
  }
}

async function moveIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
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
