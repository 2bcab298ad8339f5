/** Who owns which keys: before and after each change of a pool. */
import { useMemo, useState } from "preact/hooks";
import { clock, humanise } from "../../report/numbers.ts";
import type { PageModel, PlacementModel } from "../../report/page/page-model.ts";
import type { Row, Table } from "../../report/report-model.ts";
import { DataBehind, DataTable } from "../shared/data-table.tsx";
import { Section, VariantChoice } from "./parts.tsx";
import { PlacementPicture } from "./placement-picture.tsx";
import type { PageState } from "./state.ts";

export function PlacementSection({ state }: { state: PageState }) {
  const { model, variant } = state;
  const [pool, setPool] = useState("");
  const moves = useMemo(() => movesTable(model), [model]);
  if (model.variants.every(({ placements }) => placements.length === 0)) return null;
  const { placements, label } = model.variants[variant];
  const shown = placements.find(({ balancer }) => balancer === pool) ?? placements[0];
  return (
    <Section id="placement" title="Placement of keys" look={model.look.placement}>
      <div class="tools no-print">
        <VariantChoice state={state} />
        {placements.length > 1 && (
          <label class="choice">
            Pool{" "}
            <select
              value={shown.balancer}
              onChange={({ currentTarget }) =>
                setPool(placements[currentTarget.selectedIndex].balancer)
              }
            >
              {placements.map(({ balancer }) => (
                <option key={balancer}>{balancer}</option>
              ))}
            </select>
          </label>
        )}
      </div>
      {shown === undefined ? (
        <p class="hint">{label} places no keys.</p>
      ) : (
        <Pool key={`${label} ${shown.balancer}`} placement={shown} label={label} />
      )}
      {moves.rows.length > 0 && (
        <div class="block">
          <DataTable table={moves} />
        </div>
      )}
    </Section>
  );
}

function Pool({ placement, label }: { placement: PlacementModel; label: string }) {
  const { states, unit, balancer, strategy, more } = placement;
  const [at, setAt] = useState(Math.min(1, states.length - 1));
  const [chosen, setChosen] = useState<number | null>(null);
  const now = states[at];
  const before = at > 0 ? states[at - 1] : null;
  const marked = chosen ?? mostChanged(placement, at);
  const shares = useMemo(() => sharesTable(placement, label), [placement, label]);
  const moved =
    now.moved === null
      ? ""
      : `: ${humanise(now.moved, "share")} of the keys moved, at least ${humanise(now.least, "share")} had to`;
  return (
    <figure>
      {states.length > 1 && (
        <div class="choice steps no-print" role="group" aria-label="Change shown">
          {states.map(({ atMs, what }, index) => (
            <button
              key={`${atMs} ${what}`}
              type="button"
              class="button"
              aria-pressed={index === at}
              onClick={() => setAt(index)}
            >
              {index === 0 ? "At the start" : `${clock(atMs)}: ${what}`}
            </button>
          ))}
        </div>
      )}
      <p class="caption">
        {balancer} by {strategy}
        {at === 0 ? " at the start" : `, ${now.what}${moved}`}. Drawn: {unit}.
        {more > 0 && ` ${more} more changes are not drawn.`}
      </p>
      <div class="placement">
        <PlacementPicture placement={placement} before={before} now={now} marked={marked} />
        <Shares placement={placement} at={at} marked={marked} onChoose={setChosen} />
      </div>
      <DataBehind label={`shares of ${balancer}, ${label}`} table={() => shares} />
    </figure>
  );
}

/** The target that gained or lost most in this change; at the start the one with the most keys. */
function mostChanged({ states, names }: PlacementModel, at: number): number {
  const now = states[at].shares;
  const before = at > 0 ? states[at - 1].shares : now.map(() => 0);
  let most = 0;
  for (const index of names.keys()) {
    if (Math.abs(now[index] - before[index]) > Math.abs(now[most] - before[most])) most = index;
  }
  return most;
}

const MOST_BARS = 40;

interface SharesProps {
  readonly placement: PlacementModel;
  readonly at: number;
  readonly marked: number;
  readonly onChoose: (index: number) => void;
}

/** Share held beside the fair one; choosing a row marks its keys in the picture. */
function Shares({ placement: { names, states }, at, marked, onChoose }: SharesProps) {
  const { shares, fair } = states[at];
  const most = Math.max(...states.flatMap((state) => [...state.shares, ...state.fair]));
  return (
    <div class="shares">
      <p class="caption">
        Share of the keys; the tick is the fair share. Choose one to mark its keys.
      </p>
      <ul aria-label="Shares of the keys">
        {names.slice(0, MOST_BARS).map((name, index) => (
          <li key={name}>
            <button type="button" aria-pressed={index === marked} onClick={() => onChoose(index)}>
              <span class="share-name">{name}</span>
              <span class="share-bar">
                <span class="bar-held" style={{ width: `${(shares[index] / most) * 100}%` }} />
                {fair[index] > 0 && (
                  <span class="bar-fair" style={{ left: `${(fair[index] / most) * 100}%` }} />
                )}
              </span>
              <span class="share-text">{humanise(shares[index], "share")}</span>
            </button>
          </li>
        ))}
      </ul>
      {names.length > MOST_BARS && <p class="caption">The table has all {names.length}.</p>}
    </div>
  );
}

function sharesTable({ balancer, names, states }: PlacementModel, label: string): Table {
  return {
    title: `Shares of the keys in ${balancer}, ${label}`,
    columns: [
      { head: "target", unit: "text" },
      ...states.flatMap(({ atMs }, index) => {
        const when = index === 0 ? "at the start" : `from ${clock(atMs)}`;
        return [
          { head: `held ${when}`, unit: "share" as const },
          { head: `fair ${when}`, unit: "share" as const },
        ];
      }),
    ],
    rows: names.map((name, index) => ({
      cells: [name, ...states.flatMap(({ shares, fair }) => [shares[index], fair[index]])],
    })),
    notes: ["Of 16,384 sampled keys."],
  };
}

/** What moved at each change, all variants under each other. */
function movesTable({ variants }: PageModel): Table {
  const rows = variants.flatMap(({ label, placements }) =>
    placements.flatMap(({ balancer, strategy, states }) =>
      states.slice(1).map(({ atMs, what, moved, least }): Row => ({
        cells: [label, balancer, strategy, atMs, what, moved, least],
      })),
    ),
  );
  return {
    title: "What moved at each change",
    columns: [
      { head: "variant", unit: "text" },
      { head: "pool", unit: "text" },
      { head: "strategy", unit: "text" },
      { head: "at", unit: "ms" },
      { head: "change", unit: "text" },
      { head: "keys moved", unit: "share" },
      { head: "least possible", unit: "share" },
    ],
    rows,
    notes: [],
  };
}
