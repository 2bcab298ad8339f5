/** The scenarios of the repository's `scenarios/`, inside the page. */
import { headOf } from "../../../scenario/head.ts";
import type { LaneOrder } from "../engine/protocol.ts";

export interface GalleryEntry {
  /** File name without folder. */
  readonly name: string;
  readonly text: string;
  /** Texts of what it includes, by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly question: string;
  readonly expectation: string;
  /** What it compares, as lanes; one without overrides where it compares nothing. */
  readonly lanes: readonly LaneOrder[];
}

const MOST_LANES = 3;

/** In the order of their names. */
export function galleryOf(texts: Readonly<Record<string, string>>): GalleryEntry[] {
  const names = Object.keys(texts).toSorted();
  return names.map((name) => {
    const text = texts[name];
    const { question, expectation, compare } = headOf(text);
    const files = includedBy(name, texts);
    return { name, text, files, question, expectation, lanes: lanesOf(compare[0]) };
  });
}

/** The first values of the first setting that a scenario compares, each in a lane. */
export function lanesOf(
  variation: { readonly path: string; readonly values: readonly string[] } | undefined,
): LaneOrder[] {
  if (variation === undefined) return [{ label: "", overrides: [] }];
  const { path, values } = variation;
  return values.slice(0, MOST_LANES).map((value) => ({
    label: value.replaceAll(/^\{\s*|\s*\}$/g, ""),
    overrides: [`${path}=${value}`],
  }));
}

function includedBy(name: string, texts: Readonly<Record<string, string>>): Record<string, string> {
  const files: Record<string, string> = {};
  const add = (from: string): void => {
    for (const other of headOf(texts[from]).include) {
      if (Object.hasOwn(files, other) || !Object.hasOwn(texts, other)) continue;
      files[other] = texts[other];
      add(other);
    }
  };
  add(name);
  return files;
}

const found = import.meta.glob<string>("../../../../scenarios/*.yaml", {
  query: "?raw",
  import: "default",
  eager: true,
});

let entries: readonly GalleryEntry[] | null = null;

/** All of them, read when they are first asked for. */
export function gallery(): readonly GalleryEntry[] {
  const byName = Object.entries(found).map(
    ([path, text]) => [path.slice(path.lastIndexOf("/") + 1), text] as const,
  );
  entries ??= galleryOf(Object.fromEntries(byName));
  return entries;
}
