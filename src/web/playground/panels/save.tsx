/** What was played, as a file, as a command that repeats it, and as a link. */
import { useState } from "preact/hooks";
import { copyText } from "../../shared/copy.ts";
import type { Conductor } from "../conductor.ts";
import { writeLink } from "../links.ts";
import { useStore } from "../state.ts";
import { commandText } from "./command-text.ts";

export function Save({ conductor }: { conductor: Conductor }) {
  const opened = useStore(conductor.page, (page) => page.opened);
  const saved = useStore(conductor.page, (page) => page.saved);
  const [note, setNote] = useState("");
  if (opened === null) return null;
  const copyLink = async (): Promise<void> => {
    const hash = await linkOf(conductor);
    const done = hash !== null && (await copyText(`${location.href.replace(/#.*/, "")}${hash}`));
    setNote(done ? "The link is copied." : "This page may not copy; the link is in its address.");
    if (hash !== null && !done) location.hash = hash;
  };
  return (
    <section aria-label="Save">
      <h2>Save what was played</h2>
      <p class="touches">
        {opened.lanes.map(({ label }, lane) => (
          <button key={lane} type="button" class="button" onClick={() => conductor.save(lane)}>
            {opened.lanes.length === 1 ? "Save as a scenario" : `Save ${label}`}
          </button>
        ))}
        <button type="button" class="button" onClick={() => void copyLink()}>
          Copy a link
        </button>
      </p>
      <p role="status">{note}</p>
      {saved === null ? null : (
        <>
          <p>
            <a
              class="button primary"
              download={saved.name}
              href={`data:application/yaml;charset=utf-8,${encodeURIComponent(saved.text)}`}
            >
              Download {saved.name}
            </a>
          </p>
          <p>This repeats it:</p>
          <code class="code" id="saved-command">
            {commandText(saved.command)}
          </code>
          <p>
            {saved.fingerprint === null
              ? "Its fingerprint is known when the run is over."
              : "Fingerprint of the run:"}{" "}
            <code id="saved-fingerprint">{saved.fingerprint}</code>
          </p>
        </>
      )}
    </section>
  );
}

async function linkOf(conductor: Conductor): Promise<string | null> {
  const { source } = conductor.page.get();
  if (source === null) return null;
  const { text, name, lanes, files = {} } = source;
  try {
    return await writeLink({ text, name, lanes, files, touches: conductor.touches });
  } catch (error) {
    conductor.page.set({ failed: error instanceof Error ? error.message : String(error) });
    return null;
  }
}
