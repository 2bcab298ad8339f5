/** How the report came to be: the tree, the scenario, and the command that repeats it. */
import { useState } from "preact/hooks";
import type { PageModel } from "../../report/page/page-model.ts";
import { copyText } from "../shared/copy.ts";
import { DataTable } from "../shared/data-table.tsx";
import { Section } from "./parts.tsx";

export function OriginSection({ model }: { model: PageModel }) {
  const { tree, described, scenario, footer, variants, kind } = model;
  const again = footer.find(({ label }) => label === "again")?.text ?? "";
  const rest = footer.filter(({ label }) => label !== "again");
  return (
    <Section id="origin" title="How it was made">
      <DataTable table={tree} sortable={false} />
      {kind === "comparison" && (
        <p class="table-note">
          The tree and the scenario are those of {variants[0].label}. Pictures are of one run a
          variant: seed {variants[0].seed}. The comparison's table is of all seeds.
        </p>
      )}
      <details class="text">
        <summary>The scenario in sentences</summary>
        <pre tabIndex={0}>{described.join("\n")}</pre>
      </details>
      <details class="text">
        <summary>The scenario with every default written out</summary>
        <pre tabIndex={0}>{scenario}</pre>
      </details>
      <h3>Again</h3>
      <Command text={again} />
      <dl class="words">
        {rest.map(({ label, text }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd class="mono">{text}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

function Command({ text }: { text: string }) {
  const [said, setSaid] = useState("Copy");
  const copy = async (): Promise<void> => {
    setSaid((await copyText(text)) ? "Copied" : "The browser refused");
  };
  return (
    <p class="command">
      <code>{text}</code>
      <button type="button" class="button no-print" onClick={() => void copy()}>
        {said}
      </button>
    </p>
  );
}
