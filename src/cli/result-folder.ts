/**
 * Result folders are written whole or not at all: into a hidden sibling first, which then takes the
 * place of the old one. On any failure the old folder stays, and nothing half-written is left
 * behind.
 */
import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";

import { InputError } from "./io.ts";

/** Names of files (no folders) and their text, in the order in which they are listed. */
export type ResultFiles = ReadonlyMap<string, string>;

/**
 * Throws `InputError` with one line where the folder can't be written. All of it at one go, without
 * waiting: a second Ctrl-C, which ends the process at once, is only seen before or after it.
 */
export function writeResultFolder(folder: string, files: ResultFiles, cwd: string): void {
  // Of its own name: the folder's may be as long as a name can be.
  const temporary = join(dirname(folder), `${HIDDEN}${randomBytes(4).toString("hex")}`);
  const aside = `${temporary}.old`;
  try {
    makeFolders(dirname(folder));
    mkdirSync(temporary);
    for (const [name, text] of files) writeFileSync(join(temporary, name), text);
    if (isThere(folder)) renameSync(folder, aside);
    renameSync(temporary, folder);
  } catch (error) {
    throw cannotBeWritten(folder, cwd, error);
  } finally {
    if (existsSync(aside) && !existsSync(folder)) renameSync(aside, folder);
    for (const path of [temporary, aside]) {
      if (existsSync(path)) rmSync(path, { recursive: true });
    }
  }
}

const HIDDEN = ".lbsim-";

/**
 * Tells before a run of an hour what would keep its result from being written; leaves nothing
 * behind. Throws `InputError` in one line.
 */
export function checkResultFolder(folder: string, cwd: string): void {
  try {
    if (isThere(folder) && !statSync(folder).isDirectory()) throw new SystemError("EEXIST");
    const missing = missingFolders(dirname(folder));
    const there = missing.length === 0 ? dirname(folder) : dirname(missing[0]);
    // Modes alone don't tell: the superuser may do anything, and yet /proc takes no folder.
    rmdirSync(mkdtempSync(join(there, HIDDEN)));
  } catch (error) {
    throw cannotBeWritten(folder, cwd, error);
  }
}

/** `mkdir` with `recursive` never comes back where a file system refuses with ENOENT, as /proc. */
function makeFolders(folder: string): void {
  for (const path of missingFolders(folder)) {
    try {
      mkdirSync(path);
    } catch (error) {
      // Another run may have made it meanwhile.
      if (codeOf(error) !== "EEXIST" || !statSync(path).isDirectory()) throw error;
    }
  }
}

/** The folder and those above it that aren't there yet, outermost first. */
function missingFolders(folder: string): string[] {
  const missing: string[] = [];
  let path = folder;
  while (!isThere(path) && dirname(path) !== path) {
    missing.unshift(path);
    path = dirname(path);
  }
  if (!statSync(path).isDirectory()) throw new SystemError("ENOTDIR");
  // Below a folder that is missing nobody measures names: each is tried in the one that is there.
  for (const one of missing) isThere(join(path, basename(one)));
  return missing;
}

/** A link that leads nowhere is there, and stands in the way. */
function isThere(path: string): boolean {
  try {
    lstatSync(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw error;
  }
  // Other failures of the link, as a circle, are told by their own names.
  if (statSync(path, { throwIfNoEntry: false }) === undefined) throw new SystemError(DANGLING);
  return true;
}

/** Ours: the file system has no code for it. */
const DANGLING = "EDANGLING";

class SystemError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

function cannotBeWritten(folder: string, cwd: string, error: unknown): InputError {
  // Its parent is there, so no file is missing: the file system takes no folders.
  const refused =
    codeOf(error) === "ENOENT" && error instanceof Error && / mkd/.test(error.message);
  const why = refused ? "no folder can be made there" : systemReason(error);
  return new InputError(`${shown(folder, cwd)}: cannot be written, ${why}`);
}

export const codeOf = (error: unknown): string | undefined =>
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
  ENFILE: "too many files are open",
  ENOTEMPTY: "it is not empty",
  EBUSY: "it is in use",
  EDQUOT: "the disk quota is used up",
  EIO: "the disk fails",
  EFBIG: "it is too large",
  EXDEV: "it is on another disk",
  [DANGLING]: "a link in its path leads nowhere",
};

/** Words for an error of the file system, without the path. */
export function systemReason(error: unknown): string {
  const code = codeOf(error);
  return (code === undefined ? undefined : REASONS[code]) ?? code ?? String(error);
}

/** A path as the user would write it from where they stand. */
export function shown(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === "" ? "." : short.length <= path.length ? short : path;
}

/** Eight hexadecimal digits of SHA-256: tells apart runs whose overrides differ. */
export const shortHash = (text: string): string => sha256(text).slice(0, 8);
export const sha256 = (content: string | Uint8Array): string =>
  createHash("sha256").update(content).digest("hex");
