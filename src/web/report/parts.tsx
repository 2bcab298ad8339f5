/** What sections are made of. */
import type { ComponentChildren } from "preact";
import { Swatch } from "../shared/chart.tsx";
import type { PageState } from "./state.ts";

interface SectionProps {
  readonly id: string;
  readonly title: string;
  /** What to look at: one sentence from the numbers. */
  readonly look?: string;
  readonly children: ComponentChildren;
}

export const Section = ({ id, title, look, children }: SectionProps) => (
  <section id={id} aria-labelledby={`${id}-title`}>
    <h2 id={`${id}-title`}>{title}</h2>
    {look !== undefined && look !== "" && <p class="look">{look}</p>}
    {children}
  </section>
);

/** Which variant is shown; nothing where there is one only. */
export function VariantChoice({ state }: { state: PageState }) {
  const { variants } = state.model;
  if (variants.length < 2) return null;
  return (
    <div class="choice" role="group" aria-label="Variant shown">
      {variants.map(({ label }, index) => (
        <button
          key={label}
          type="button"
          class="button"
          aria-pressed={index === state.variant}
          onClick={() => state.setVariant(index)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

/** What the figures are of; nothing where there is no choice. */
export function OfChoice({ state, label }: { state: PageState; label: string }) {
  const names = state.model.variants[0].series.of.map(({ of }) => of);
  if (names.length < 2) return null;
  return (
    <label class="choice">
      {label}{" "}
      <select
        value={state.of}
        onChange={({ currentTarget }) => state.setOf(names[currentTarget.selectedIndex])}
      >
        {names.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}

/** A variant's own line beside its name. */
export const variantLead = (index: number) => (
  <>
    <Swatch index={index} />{" "}
  </>
);
