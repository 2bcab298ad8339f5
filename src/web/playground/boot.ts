/** What the page opens first: what its link holds, what it was served with, or the flagship. */
import type { Conductor } from "./conductor.ts";
import { gallery } from "./gallery/scenarios.ts";
import { givenSource } from "./given.ts";
import { isTour } from "./tour/progress.ts";
import { readLink } from "./links.ts";

const FIRST = "flagship.yaml";

/** Whatever stands behind the address was meant to open something: a link, or one that is none. */
export const asksForMore = (hash: string): boolean => hash.length > 1;

export async function openFirst(conductor: Conductor): Promise<void> {
  if (isTour(location.hash)) return conductor.page.set({ drawer: "tour" });
  if (asksForMore(location.hash) && (await openLink(conductor))) return;
  // What is wrong with the link, or with the file, stays to be read over what is opened instead.
  let { problems, refused } = conductor.page.get();
  const given = givenSource();
  if (given !== null && !(await conductor.open(given)))
    ({ problems, refused } = conductor.page.get());
  const entries = gallery();
  if (conductor.page.get().opened === null) {
    await conductor.open(entries.find(({ name }) => name === FIRST) ?? entries[0]);
  }
  conductor.page.set({ problems, refused });
}

/**
 * False where there is no scenario in the address; then the page says why, and keeps what it has.
 */
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
