/** The stage as a table: the same state for those who read it rather than see it. */
import { useState } from "preact/hooks";
import type { Conductor } from "../conductor.ts";
import { NODE_STATES } from "../engine/protocol.ts";
import { useStore } from "../state.ts";
import { share, shortPath } from "../words.ts";

/** Rows on the page at once. */
const ROWS = 200;

export function StateTable({ conductor }: { conductor: Conductor }) {
  const opened = useStore(conductor.page, (page) => page.opened);
  const trees = useStore(conductor.page, (page) => page.trees);
  const frame = useStore(conductor.live, (live) => live.frame);
  const [wanted, setLane] = useState(0);
  const [page, setPage] = useState(0);
  if (opened === null || frame === null) return null;
  const lane = Math.min(wanted, opened.lanes.length - 1);
  const { columns } = frame.lanes[lane];
  const nodes = trees[lane].slice(0, columns.state.length);
  const pages = Math.ceil(nodes.length / ROWS);
  return (
    <>
      {opened.lanes.length < 2 ? null : (
        <label>
          Lane{" "}
          <select
            class="field"
            value={lane}
            onChange={({ currentTarget }) => setLane(Number(currentTarget.value))}
          >
            {opened.lanes.map(({ label }, index) => (
              <option key={label} value={index}>
                {label}
              </option>
            ))}
          </select>
        </label>
      )}
      <table class="state-table">
        <caption class="visually-hidden">State of all balancers and machines</caption>
        <thead>
          <tr>
            {["Node", "State", "Believed up", "Busy", "Waiting", "Hit rate", "Sessions"].map(
              (head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {nodes.slice(page * ROWS, (page + 1) * ROWS).map(({ id, path, cores }) => (
            <tr key={id}>
              <th scope="row">
                <button
                  type="button"
                  class="link-button"
                  onClick={() => {
                    conductor.page.set({ selected: { kind: "node", lane, id } });
                    document.getElementById("inspector")?.focus();
                  }}
                >
                  {shortPath(path)}
                </button>
              </th>
              <td>{NODE_STATES[columns.state[id]]}</td>
              <td>{share(columns.believedUp[id])}</td>
              <td>{cores > 0 ? `${columns.running[id]}/${cores}` : columns.running[id]}</td>
              <td>{columns.queued[id]}</td>
              <td>{share(columns.hitRate[id])}</td>
              <td>{columns.sessions[id]}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {pages < 2 ? null : (
        <p class="touches">
          <button
            type="button"
            class="button"
            disabled={page === 0}
            onClick={() => setPage(page - 1)}
          >
            Before
          </button>
          Page {page + 1} of {pages}
          <button
            type="button"
            class="button"
            disabled={page + 1 >= pages}
            onClick={() => setPage(page + 1)}
          >
            After
          </button>
        </p>
      )}
    </>
  );
}
