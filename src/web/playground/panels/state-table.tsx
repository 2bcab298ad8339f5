/** The stage as a table: the same state for those who read it rather than see it. */
import { useState } from "preact/hooks";
import type { Conductor } from "../conductor.ts";
import { NODE_STATES, type NodeColumns, type NodeFacts } from "../engine/protocol.ts";
import { useStore } from "../state.ts";
import { share, shortPath } from "../words.ts";

/** Rows on the page at once. */
const ROWS = 200;
const HEADS = ["Node", "State", "Believed up", "Busy", "Waiting", "Hit rate", "Sessions"];

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
  const select = (id: number): void => {
    conductor.page.set({ selected: { kind: "node", lane, id } });
    document.getElementById("inspector")?.focus();
  };
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
              <option key={index} value={index}>
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
            {HEADS.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {nodes.slice(page * ROWS, (page + 1) * ROWS).map((node) => (
            <NodeRow key={node.id} node={node} columns={columns} onSelect={select} />
          ))}
        </tbody>
      </table>
      <Pages page={page} pages={Math.ceil(nodes.length / ROWS)} onPage={setPage} />
    </>
  );
}

function NodeRow(props: {
  readonly node: NodeFacts;
  readonly columns: NodeColumns;
  readonly onSelect: (id: number) => void;
}) {
  const { node, columns, onSelect } = props;
  const { id, path, cores } = node;
  return (
    <tr>
      <th scope="row">
        <button type="button" class="link-button" onClick={() => onSelect(id)}>
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
  );
}

function Pages(props: { page: number; pages: number; onPage: (page: number) => void }) {
  const { page, pages, onPage } = props;
  if (pages < 2) return null;
  return (
    <p class="touches">
      <button type="button" class="button" disabled={page === 0} onClick={() => onPage(page - 1)}>
        Before
      </button>
      Page {page + 1} of {pages}
      <button
        type="button"
        class="button"
        disabled={page + 1 >= pages}
        onClick={() => onPage(page + 1)}
      >
        After
      </button>
    </p>
  );
}
