/** The whole page, in the order in which a person asks. */
import type { PageModel } from "../../report/page/page-model.ts";
import { chooseTheme, useTheme } from "../shared/theme.ts";
import { AnswerSection } from "./answer.tsx";
import { ComparisonSection } from "./comparison.tsx";
import { HeatSection } from "./heat.tsx";
import { LatencySection } from "./latency.tsx";
import { MapSection } from "./map.tsx";
import { OriginSection } from "./origin.tsx";
import { PlacementSection } from "./placement.tsx";
import { SeriesSection } from "./series.tsx";
import { usePageState } from "./state.ts";

const contents = ({ kind, variants }: PageModel): readonly (readonly [string, string])[] => [
  ["answer", "Answer"],
  ["figures", kind === "run" ? "Figures" : "Comparison"],
  ["map", "Map"],
  ["series", "Over time"],
  ["heat", "Machines"],
  ["latency", "Latency"],
  ...(variants.some(({ placements }) => placements.length > 0)
    ? [["placement", "Placement"] as const]
    : []),
  ["origin", "How it was made"],
];

export function Page({ model }: { model: PageModel }) {
  const state = usePageState(model);
  return (
    <>
      <a class="skip" href="#answer">
        Skip to the answer
      </a>
      <Bar model={model} />
      <main>
        <AnswerSection model={model} />
        <ComparisonSection model={model} />
        <MapSection state={state} />
        <SeriesSection state={state} />
        <HeatSection state={state} />
        <LatencySection state={state} />
        <PlacementSection state={state} />
        <OriginSection model={model} />
      </main>
    </>
  );
}

function Bar({ model }: { model: PageModel }) {
  const theme = useTheme();
  const other = theme === "light" ? "dark" : "light";
  return (
    <header class="bar">
      <div class="bar-inner">
        <strong class="brand">{model.name}</strong>
        <nav aria-label="Contents">
          <ul>
            {contents(model).map(([id, title]) => (
              <li key={id}>
                <a href={`#${id}`}>{title}</a>
              </li>
            ))}
          </ul>
        </nav>
        <button
          type="button"
          class="button theme no-print"
          onClick={() => chooseTheme(other)}
          aria-label={`Show the ${other} theme`}
        >
          {theme === "light" ? "☾" : "☀"}
        </button>
      </div>
    </header>
  );
}
