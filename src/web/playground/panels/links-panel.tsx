/** The links of a place to those where clients or machines are: cut, slowed down, mended. */
import type { Conductor } from "../conductor.ts";
import type { Touch } from "../engine/protocol.ts";
import type { Page } from "../page.ts";
import { useStore } from "../state.ts";

const DELAY_MS = 100;

export function Links(props: {
  conductor: Conductor;
  page: Page;
  place: number;
  touch: (what: Touch) => void;
}) {
  const { conductor, page, place, touch } = props;
  const links = useStore(conductor.live, (live) => live.frame?.links);
  const opened = page.opened!;
  const used = new Set([
    ...opened.regions.map((region) => region.place),
    ...page.trees.flatMap((nodes) => nodes.map((node) => node.place)),
  ]);
  const others = opened.places.flatMap(({ name }, index) =>
    used.has(index) && index !== place ? [{ name, index }] : [],
  );
  if (others.length === 0) return null;
  const here = opened.places[place].name;
  return (
    <>
      <h3>Links from {here}</h3>
      {others.map(({ name, index }) => {
        const between = [here, name] as const;
        const link = links?.find(
          (each) => each.between.includes(place) && each.between.includes(index),
        );
        const added = link === undefined || link.addedMs === 0 ? "" : ` + ${link.addedMs} ms`;
        const state = link?.cut === true ? "cut" : `${opened.roundTripMs[place][index]} ms${added}`;
        return (
          <div class="link" role="group" aria-label={`Link to ${name}`} key={name}>
            <span>
              {name} ({state})
            </span>
            <button type="button" class="button" onClick={() => touch({ kind: "cut", between })}>
              Cut
            </button>
            <button
              type="button"
              class="button"
              onClick={() => touch({ kind: "delay", between, byMs: DELAY_MS })}
            >
              +{DELAY_MS} ms
            </button>
            <button type="button" class="button" onClick={() => touch({ kind: "mend", between })}>
              Mend
            </button>
          </div>
        );
      })}
    </>
  );
}
