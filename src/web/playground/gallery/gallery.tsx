/** Every scenario of the repository as a card with its question: one click opens it. */
import { useMemo, useState } from "preact/hooks";
import type { GalleryEntry } from "./scenarios.ts";
import { gallery } from "./scenarios.ts";
import "./gallery.css";

export interface GalleryProps {
  /** Goes into an `open` order as it is. */
  readonly onOpen: (entry: GalleryEntry) => void;
  /** File name of what is open now. */
  readonly current?: string;
}

export function Gallery({ onOpen, current }: GalleryProps) {
  const [wanted, setWanted] = useState("");
  const shown = useMemo(() => matching(gallery(), wanted), [wanted]);
  return (
    <div class="gallery">
      <label class="gallery-search">
        Find a scenario
        <input
          type="search"
          value={wanted}
          placeholder="cache, maglev, failure …"
          onInput={({ currentTarget }) => setWanted(currentTarget.value)}
        />
      </label>
      <p class="visually-hidden" role="status">
        {shown.length === 1 ? "1 scenario" : `${shown.length} scenarios`}
      </p>
      <ul>
        {shown.map((entry) => (
          <li key={entry.name}>
            <button
              type="button"
              class="gallery-card"
              aria-current={entry.name === current ? "true" : undefined}
              onClick={() => onOpen(entry)}
            >
              <span class="gallery-name">{titleOf(entry)}</span>
              <span class="gallery-question">{entry.question}</span>
              <span class="gallery-expectation">{entry.expectation}</span>
            </button>
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p>No scenario speaks of that.</p>}
    </div>
  );
}

/** As the command line calls it: `two-choices.yaml` → `two-choices`. */
const titleOf = ({ name }: GalleryEntry): string => name.replace(/\.yaml$/, "");

/** Those in whose text all the words stand. */
function matching(entries: readonly GalleryEntry[], wanted: string): readonly GalleryEntry[] {
  const words = wanted.toLowerCase().split(/\s+/);
  return entries.filter(({ name, text }) => {
    const all = `${name} ${text}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
