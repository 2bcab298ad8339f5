/** What the scenario expects, and the scenario in sentences, as `lbsim explain` tells it. */
import type { Conductor } from "../conductor.ts";
import { useStore } from "../state.ts";

export function About({ conductor }: { conductor: Conductor }) {
  const opened = useStore(conductor.page, (page) => page.opened);
  const selected = useStore(conductor.page, (page) => page.selected);
  if (opened === null) return null;
  const lane = opened.lanes[selected?.lane ?? 0];
  return (
    <section aria-label="The scenario">
      <h2>The scenario</h2>
      {opened.expectation === "" ? null : <p>Expected: {opened.expectation}</p>}
      <details>
        <summary>In sentences{lane.label === "" ? "" : `, ${lane.label}`}</summary>
        <ul class="log">
          {lane.sentences.map((sentence, i) => (
            <li key={i}>{sentence}</li>
          ))}
        </ul>
      </details>
    </section>
  );
}
