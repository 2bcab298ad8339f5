/** Up to three variants of the scenario, side by side on the same traffic. */
import { useState } from "preact/hooks";
import type { Conductor } from "../conductor.ts";
import { useStore } from "../state.ts";

const LANES_MOST = 3;

const overridesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

interface Draft {
  readonly label: string;
  /** One override a line. */
  readonly text: string;
}

export function LanesForm({ conductor }: { conductor: Conductor }) {
  const source = useStore(conductor.page, (page) => page.source);
  const opened = useStore(conductor.page, (page) => page.opened);
  const [drafts, setDrafts] = useState<readonly Draft[]>(() =>
    (opened?.lanes ?? []).map(({ label, overrides }) => ({ label, text: overrides.join("\n") })),
  );
  if (source === null || opened === null) return null;
  const change = (index: number, part: Partial<Draft>): void =>
    setDrafts(drafts.map((draft, i) => (i === index ? { ...draft, ...part } : draft)));
  const suggestions = opened.compare.flatMap(({ path, values }) =>
    values.map((value) => `${path}=${value}`),
  );
  return (
    <form
      class="lanes-form"
      onSubmit={(event) => {
        event.preventDefault();
        const lanes = drafts.map(({ label, text }) => ({ label, overrides: overridesOf(text) }));
        conductor.open({ ...source, lanes });
      }}
    >
      <p>
        Each lane runs the scenario with its own settings, as after <code>--set</code>: such as{" "}
        <code>{suggestions[0] ?? `${opened.lanes[0].nodes[0].name}.strategy=maglev`}</code>. All
        have the same traffic.
      </p>
      {drafts.map(({ label, text }, index) => (
        <fieldset key={index}>
          <legend>Lane {index + 1}</legend>
          <label>
            Name
            <input
              class="field"
              value={label}
              onInput={({ currentTarget }) => change(index, { label: currentTarget.value })}
            />
          </label>
          <label>
            Settings, one a line
            <textarea
              class="field"
              rows={2}
              value={text}
              onInput={({ currentTarget }) => change(index, { text: currentTarget.value })}
            />
          </label>
          {suggestions.length === 0 ? null : (
            <select
              class="field"
              aria-label={`A setting from the file for lane ${index + 1}`}
              value=""
              onChange={({ currentTarget }) => {
                const { value } = currentTarget;
                if (value !== "") change(index, { text: value, label: value.replace(/^.*?=/, "") });
              }}
            >
              <option value="">from the file …</option>
              {suggestions.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          )}
          {drafts.length < 2 ? null : (
            <button
              type="button"
              class="button"
              onClick={() => setDrafts(drafts.filter((_, i) => i !== index))}
            >
              Take away
            </button>
          )}
        </fieldset>
      ))}
      <p class="touches">
        <button
          type="button"
          class="button"
          disabled={drafts.length >= LANES_MOST}
          onClick={() => setDrafts([...drafts, { label: "", text: "" }])}
        >
          One more lane
        </button>
        <button type="submit" class="button primary">
          Run these
        </button>
      </p>
    </form>
  );
}
