/** Paths of files, with slashes, without a host: what node:path would do, for a browser too. */

/** The part before the last slash; empty for a bare name. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, Math.max(slash, 1));
}

/** `path` as seen from `folder`, with `.` and `..` resolved. */
export function joinPath(folder: string, path: string): string {
  const joined = path.startsWith("/") || folder === "" ? path : `${folder}/${path}`;
  const parts: string[] = [];
  for (const part of joined.split("/")) {
    if (part === "." || part === "") continue;
    if (part === ".." && parts.length > 0 && parts[parts.length - 1] !== "..") parts.pop();
    else parts.push(part);
  }
  return (joined.startsWith("/") ? "/" : "") + parts.join("/");
}

/** The file's name without folder and ending: a scenario's name. */
export function stemOf(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1).replace(/\.(?:ya?ml|json)$/i, "");
}
