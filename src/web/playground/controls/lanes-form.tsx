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
  const suggestions = opened.compare.flatMap(({ path, values }) =>
    values.map((value) => `${path}=${value}`),
  );
  return (
    <form
      class="lanes-form"
      onSubmit={(event) => {
        event.preventDefault();
        const lanes = drafts.map(({ label, text }) => ({ label, overrides: overridesOf(text) }));
        void conductor.open({ ...source, lanes });
      }}
    >
      <p>
        Each lane runs the scenario with its own settings, a path and a value: such as{" "}
        <code>{suggestions[0] ?? `${opened.lanes[0].nodes[0].name}.strategy=maglev`}</code>. All
        have the same traffic.
      </p>
      {drafts.map((draft, index) => (
        <LaneFields
          key={index}
          number={index + 1}
          draft={draft}
          suggestions={suggestions}
          onChange={(part) =>
            setDrafts(drafts.map((each, i) => (i === index ? { ...each, ...part } : each)))
          }
          onRemove={
            drafts.length < 2 ? null : () => setDrafts(drafts.filter((_, i) => i !== index))
          }
        />
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

function LaneFields(props: {
  readonly number: number;
  readonly draft: Draft;
  /** Settings that the file itself wants compared. */
  readonly suggestions: readonly string[];
  readonly onChange: (part: Partial<Draft>) => void;
  readonly onRemove: (() => void) | null;
}) {
  const { number, draft, suggestions, onChange, onRemove } = props;
  return (
    <fieldset>
      <legend>Lane {number}</legend>
      <label>
        Name
        <input
          class="field"
          value={draft.label}
          onInput={({ currentTarget }) => onChange({ label: currentTarget.value })}
        />
      </label>
      <label>
        Settings, one a line
        <textarea
          class="field"
          rows={2}
          value={draft.text}
          onInput={({ currentTarget }) => onChange({ text: currentTarget.value })}
        />
      </label>
      {suggestions.length === 0 ? null : (
        <select
          class="field"
          aria-label={`A setting from the file for lane ${number}`}
          value=""
          onChange={({ currentTarget: { value } }) => {
            if (value !== "") onChange({ text: value, label: value.replace(/^.*?=/, "") });
          }}
        >
          <option value="">from the file …</option>
          {suggestions.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      )}
      {onRemove === null ? null : (
        <button type="button" class="button" onClick={onRemove}>
          Take away
        </button>
      )}
    </fieldset>
  );
}
