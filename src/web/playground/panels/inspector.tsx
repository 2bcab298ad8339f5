/**
 * What is selected: its figures in every lane, what is beside what is believed, and its touches.
 */
import { useStore } from "../state.ts";
import type { Conductor } from "../conductor.ts";
import { NODE_STATES, type NodeColumns, type NodeFacts } from "../engine/protocol.ts";
import type { Page, Selection } from "../page.ts";
import { figure, share, shortPath } from "../words.ts";
import { NodeTouches } from "./node-touches.tsx";
import { RegionTouches } from "./region-touches.tsx";

/** Escape goes back to what is inspected. */
function toStage({ key }: KeyboardEvent): void {
  if (key === "Escape") document.querySelector<HTMLElement>(".surface")?.focus();
}

export function Inspector({ conductor }: { conductor: Conductor }) {
  const selected = useStore(conductor.page, (page) => page.selected);
  return (
    <section id="inspector" tabIndex={-1} aria-label="Inspector" onKeyDown={toStage}>
      {selected === null ? (
        <>
          <h2>Inspector</h2>
          <p>
            Click a machine, a balancer or a region on the stage, or go there with the arrow keys,
            to see it and to touch it. Click a dot to follow that request.
          </p>
        </>
      ) : (
        <Selected key={`${selected.kind}${selected.id}`} {...{ conductor, selected }} />
      )}
    </section>
  );
}

function Selected({ conductor, selected }: { conductor: Conductor; selected: Selection }) {
  const page = useStore(conductor.page, (whole) => whole);
  const { opened, trees } = page;
  if (opened === null) return null;
  if (selected.kind === "region") {
    const region = opened.regions[selected.id];
    return (
      <>
        <h2>{region.name}</h2>
        <p>
          A region of clients in {opened.places[region.place]?.name ?? "no place"}:{" "}
          {figure(region.users, "count")} users
          {region.ratePerS === null ? "" : `, ${figure(region.ratePerS, "rate")} on average`}.
        </p>
        <RegionTouches {...{ conductor, page, selected }} />
      </>
    );
  }
  const node = trees[selected.lane]?.[selected.id];
  if (node === undefined) return null;
  return (
    <>
      <h2>{shortPath(node.path)}</h2>
      <p>{aboutOf(node, page)}</p>
      {node.does.length === 0 ? null : (
        <ul class="does">
          {node.does.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <NodeFigures {...{ conductor, selected, page }} />
      <NodeTouches {...{ conductor, page, selected, node }} />
    </>
  );
}

function aboutOf(node: NodeFacts, { opened }: Page): string {
  const where =
    node.place < 0 ? "wherever its clients are" : `in ${opened!.places[node.place].name}`;
  if (node.kind === "machine") {
    const speed = node.speed === 1 ? "" : ` of speed ${node.speed}`;
    const queue = node.queueLimit === null ? "" : `, room for ${node.queueLimit} in its queue`;
    return `A machine ${where}: ${node.cores} ${node.cores === 1 ? "core" : "cores"}${speed}${queue}, weight ${node.weight}.`;
  }
  const replicas = node.replicas === 1 ? "" : ` with ${node.replicas} replicas`;
  return `A balancer ${where}${replicas}, weight ${node.weight}.`;
}

interface Line {
  readonly head: string;
  readonly of: (columns: NodeColumns, node: NodeFacts) => string;
  /** Left out where no lane has it. */
  readonly when?: (columns: NodeColumns, id: number, node: NodeFacts) => boolean;
}

const stateText = (columns: NodeColumns, id: number): string => {
  const slowed = columns.slowed[id];
  const slow = slowed > 1 ? `, ${figure(slowed, "count")} × slower` : "";
  return `${NODE_STATES[columns.state[id]]}${slow}`;
};

const LINES: readonly Line[] = [
  { head: "State", of: (columns, { id }) => stateText(columns, id) },
  { head: "Believed up by", of: (columns, { id }) => share(columns.believedUp[id]) },
  { head: "Strategy", of: (_, { strategyWords }) => strategyWords ?? "–" },
  {
    head: "Own cores busy",
    of: (columns, { id, ownCores }) =>
      ownCores === null ? "–" : `${columns.ownBusy[id]} / ${ownCores}`,
    when: (_, _id, { ownCores }) => ownCores !== null,
  },
  {
    head: "Wait for own cores",
    of: (columns, { id }) => String(columns.ownWaiting[id]),
    when: (_, _id, { ownCores }) => ownCores !== null,
  },
  {
    head: "Connections to targets",
    of: (columns, { id }) => String(columns.backends[id]),
    when: (_, _id, { pooled }) => pooled,
  },
  {
    head: "Wait for a connection",
    of: (columns, { id }) => String(columns.pending[id]),
    when: (_, _id, { pooled }) => pooled,
  },
  {
    head: "Response cache hits",
    of: (columns, { id }) => share(columns.responseHitRate[id]),
    when: (_, _id, { cachesResponses }) => cachesResponses,
  },
  { head: "Cores busy", of: (columns, { id, cores }) => busyText(columns.running[id], cores) },
  { head: "In queue", of: (columns, { id }) => String(columns.queued[id]) },
  {
    head: "At the origin",
    of: (columns, { id }) => String(columns.fetching[id]),
    when: (columns, id) => columns.fetching[id] > 0,
  },
  {
    head: "Counted in flight",
    of: (columns, { id }) => String(columns.inFlight[id]),
  },
  { head: "Utilization", of: (columns, { id }) => share(columns.utilization[id]) },
  {
    head: "Requests",
    of: (columns, { id }) => figure(columns.ratePerS[id], "rate"),
    when: (_, _id, { cachesResponses }) => !cachesResponses,
  },
  {
    // Counted where they arrive; what a response cache answers arrives at none.
    head: "Requests at machines",
    of: (columns, { id }) => figure(columns.ratePerS[id], "rate"),
    when: (_, _id, { cachesResponses }) => cachesResponses,
  },
  {
    head: "Hit rate",
    of: (columns, { id }) => share(columns.hitRate[id]),
    when: (columns, id) => !Number.isNaN(columns.hitRate[id]),
  },
  {
    head: "Cache filled",
    of: (columns, { id }) => share(columns.cacheFill[id]),
    when: (columns, id) => !Number.isNaN(columns.cacheFill[id]),
  },
  {
    head: "Sessions",
    of: (columns, { id }) => String(columns.sessions[id]),
    when: (columns, id) => columns.sessions[id] > 0,
  },
  { head: "Completed", of: (columns, { id }) => figure(columns.completed[id], "count") },
];

const busyText = (running: number, cores: number): string =>
  cores > 0 ? `${running} / ${cores}` : String(running);

/** Letters of a value that stays on one line: figures with their units do. */
const LONGEST_WHOLE = 8;

/** One column a lane; a node that a lane does not have stays empty there. */
function NodeFigures(props: { conductor: Conductor; selected: Selection; page: Page }) {
  const { conductor, selected, page } = props;
  const frame = useStore(conductor.live, (live) => live.frame);
  const { opened, trees } = page;
  if (frame === null || opened === null) return null;
  const { id } = selected;
  const node = trees[selected.lane][id];
  // Lanes that were touched alone, or differ in their tree, number their nodes differently.
  const lanes = frame.lanes.map(({ columns }, lane) => {
    const tree = trees[lane];
    const same =
      tree[id]?.path === node.path ? tree[id] : tree.find((each) => each.path === node.path);
    return {
      columns,
      node: same !== undefined && same.id < columns.state.length ? same : undefined,
    };
  });
  const lines = LINES.filter(({ head, when }) => {
    if (head === "Strategy") return node.kind === "balancer";
    return (
      when === undefined ||
      lanes.some((lane) => lane.node && when(lane.columns, lane.node.id, lane.node))
    );
  });
  return (
    <table class="facts">
      <caption class="visually-hidden">Figures of {shortPath(node.path)}</caption>
      {lanes.length === 1 ? null : (
        <thead>
          <tr>
            <td />
            {opened.lanes.map(({ label }, lane) => (
              <th key={lane} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
      )}
      <tbody>
        {lines.map(({ head, of }) => (
          <tr key={head}>
            <th scope="row">{head}</th>
            {lanes.map((lane, i) => {
              const words = lane.node === undefined ? "" : of(lane.columns, lane.node);
              return (
                <td key={i} class={words.length > LONGEST_WHOLE ? undefined : "whole"}>
                  {words}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
