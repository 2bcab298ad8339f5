/** Events of the scenario and touches, numbered as on the charts. */
import { clock } from "../../../report/numbers.ts";
import type { Conductor } from "../conductor.ts";
import { useStore } from "../state.ts";

export function Happened({ conductor }: { conductor: Conductor }) {
  const events = useStore(conductor.page, (page) => page.events);
  const source = useStore(conductor.page, (page) => page.source);
  if (events.length === 0) return null;
  return (
    <section aria-label="Events">
      <h2>Events and touches</h2>
      <ol class="log numbered">
        {events.map(({ atMs, sentence, touched }, i) => (
          <li key={i}>
            <button type="button" class="time" onClick={() => conductor.seek(atMs)}>
              {clock(atMs)}
            </button>{" "}
            {sentence}
            {touched ? " (by hand)" : ""}
          </li>
        ))}
      </ol>
      {source !== null && events.some(({ touched }) => touched) ? (
        <button type="button" class="button" onClick={() => void conductor.open(source)}>
          Start over without touches
        </button>
      ) : null}
    </section>
  );
}
