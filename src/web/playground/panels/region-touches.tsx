/** What can be done by hand to a region of clients: its rate, and the links from its place. */
import { useState } from "preact/hooks";
import type { Conductor } from "../conductor.ts";
import type { Touch } from "../engine/protocol.ts";
import type { Page, Selection } from "../page.ts";
import { figure } from "../words.ts";
import { LaneChoice } from "./lane-choice.tsx";
import { Links } from "./links-panel.tsx";

/** Notches of the slider, equal ratios from a tenth to ten times. */
const NOTCHES = 40;
const timesAt = (notch: number): number => 10 ** (notch / (NOTCHES / 2) - 1);
const rounded = (times: number): number => Number(times.toPrecision(2));

export function RegionTouches(props: { conductor: Conductor; page: Page; selected: Selection }) {
  const { conductor, page, selected } = props;
  const [notch, setNotch] = useState(NOTCHES / 2);
  const [alone, setAlone] = useState(false);
  const region = page.opened!.regions[selected.id];
  const touch = (what: Touch): void =>
    void conductor.touch(what, alone ? selected.lane : undefined);
  const times = rounded(timesAt(notch));
  const rate = region.ratePerS === null ? "" : ` = ${figure(region.ratePerS * times, "rate")}`;
  return (
    <div class="touches" role="group" aria-label="Touches">
      <h3>Touch it</h3>
      <LaneChoice {...{ page, alone, setAlone }} lane={selected.lane} />
      <label>
        Arrival rate × {times}
        {rate}
        <input
          type="range"
          min={0}
          max={NOTCHES}
          value={notch}
          aria-valuetext={`${times} times`}
          onInput={({ currentTarget }) => setNotch(Number(currentTarget.value))}
          onChange={({ currentTarget }) =>
            touch({
              kind: "rate",
              region: region.name,
              times: rounded(timesAt(Number(currentTarget.value))),
            })
          }
        />
      </label>
      <Links {...{ conductor, page, place: region.place, touch }} />
    </div>
  );
}
