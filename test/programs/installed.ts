/** Which of the real programs that tests ask are there; said once, before all tests. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const PROGRAMS = ["nginx", "haproxy", "chromium"];

/** Where distributions put daemons, whatever the user's PATH says. */
const PLACES = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];

/** null: not installed. */
export function pathOf(program: string): string | null {
  for (const place of PLACES) {
    const path = join(place, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not there.
    }
  }
  return null;
}

export const missingText = (programs: readonly string[]): string =>
  `${programs.join(" and ")} not installed: apt-get install ${programs.join(" ")}`;

/** Vitest calls it once for all files. */
export default function setup(): void {
  const missing = PROGRAMS.filter((program) => pathOf(program) === null);
  if (missing.length === 0) return;
  process.stderr.write(
    `${missingText(missing)} (else test/programs or test/web fails, and nothing else)\n`,
  );
}
