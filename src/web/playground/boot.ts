/** What the page opens first: the lesson or the scenario of its link, what it was served with, or the flagship. */
import type { Conductor } from "./conductor.ts";
import { gallery } from "./gallery/scenarios.ts";
import { isLink, readLink } from "./links.ts";
import { isTour } from "./tour/progress.ts";

const FIRST = "flagship.yaml";

export async function openFirst(conductor: Conductor): Promise<void> {
  if (openTour(conductor)) return;
  if (isLink(location.hash) && (await openLink(conductor))) return;
  const entries = gallery();
  await conductor.open(entries.find(({ name }) => name === FIRST) ?? entries[0]);
}

/** The tour opens its lesson by itself. False where the address does not lead there. */
export function openTour({ page }: Conductor): boolean {
  if (!isTour(location.hash)) return false;
  if (page.get().drawer !== "tour") page.set({ drawer: "tour" });
  return true;
}

/** False where there is no scenario in the address; then the page says why, and keeps what it has. */
export async function openLink(conductor: Conductor): Promise<boolean> {
  const read = await readLink(location.hash);
  if ("problem" in read) {
    const problem = {
      line: 0,
      column: 0,
      message: read.problem,
      fix: "",
      severity: "error",
    } as const;
    conductor.page.set({ problems: [problem], refused: "link" });
    return false;
  }
  if (conductor.page.get().drawer === "tour") conductor.page.set({ drawer: "none" });
  return conductor.openShared(read.shared);
}
