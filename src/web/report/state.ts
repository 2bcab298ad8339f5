/** What the reader has chosen, shared by all sections. */
import { useMemo, useState } from "preact/hooks";
import type { PageModel } from "../../report/page/page-model.ts";
import type { ChartMark, Range } from "../shared/chart.tsx";

export interface PageState {
  readonly model: PageModel;
  /** Of the pictures that show one variant at a time. */
  readonly variant: number;
  readonly setVariant: (variant: number) => void;
  /** Labels left out of the pictures that show all. */
  readonly hidden: ReadonlySet<string>;
  readonly toggle: (label: string) => void;
  /** Part of the run that is shown. */
  readonly range: Range;
  readonly setRange: (range: Range) => void;
  /** What series and latencies are of: `all`, a region, a datacenter. */
  readonly of: string;
  readonly setOf: (of: string) => void;
  readonly marks: readonly ChartMark[];
}

export function usePageState(model: PageModel): PageState {
  // Pictures of one variant begin with the best one's rival: what goes wrong is worth seeing.
  const [variant, setVariant] = useState(0);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [range, setRange] = useState<Range>(null);
  const [of, setOf] = useState("all");
  const marks = useMemo(
    () => model.events.map(({ atMs, sign, text }) => ({ at: atMs, sign, label: text })),
    [model],
  );
  const toggle = (label: string): void => {
    const next = new Set(hidden);
    if (!next.delete(label)) next.add(label);
    setHidden(next);
  };
  return { model, variant, setVariant, hidden, toggle, range, setRange, of, setOf, marks };
}
