/**
 * One request: its way, what each balancer believed when it decided beside what was, its latency.
 */
import { useState } from "preact/hooks";
import { clock } from "../../../report/numbers.ts";
import { seriesColour } from "../../shared/colours.ts";
import { useTheme } from "../../shared/theme.ts";
import type { Conductor } from "../conductor.ts";
import type { Decision, Followed, NodeFacts } from "../engine/protocol.ts";
import type { Page } from "../page.ts";
import { useStore } from "../state.ts";
import { figure, share, shortPath } from "../words.ts";

/** Targets shown of each decision before one asks for all. */
const TARGETS_SHOWN = 6;

export function Follow({ conductor }: { conductor: Conductor }) {
  const following = useStore(conductor.page, (page) => page.following);
  const opened = useStore(conductor.page, (page) => page.opened);
  const lanes = opened?.lanes ?? [];
  const lane = following?.lane ?? 0;
  return (
    <section aria-label="One request">
      <h2>Follow one request</h2>
      <p class="touches">
        {lanes.map(({ label }, index) => (
          <button
            key={index}
            type="button"
            class="button"
            onClick={() => conductor.follow(index, { nextAt: 0 })}
          >
            {lanes.length === 1 ? "The next one" : `The next in ${label}`}
          </button>
        ))}
        {following === null ? null : (
          <button type="button" class="button" onClick={() => conductor.follow(lane, "stop")}>
            Stop
          </button>
        )}
      </p>
      {following === null ? null : following.news?.request == null ? (
        <p role="status">Waiting for one to come by. Run, or step.</p>
      ) : (
        <Story conductor={conductor} lane={lane} request={following.news.request} />
      )}
    </section>
  );
}

type Request = NonNullable<Followed["request"]>;

function Story({
  conductor,
  lane,
  request,
}: {
  conductor: Conductor;
  lane: number;
  request: Request;
}) {
  const page = useStore(conductor.page, (whole) => whole);
  const nodes = page.trees[lane];
  const { end } = request;
  return (
    <>
      <p>{whoOf(request, page)}</p>
      <ol class="log">
        {request.story.map(({ atMs, what }, i) => (
          <li key={i}>
            <time>+{figure(atMs - request.bornMs, "ms")}</time> {what}
          </li>
        ))}
      </ol>
      {end === null ? null : (
        <>
          <p>
            <strong>{end.outcome}</strong> after {figure(end.latencyMs, "ms")}
          </p>
          <Parts parts={end.parts} wholeMs={end.latencyMs} />
        </>
      )}
      {request.decisions.map((decision, i) => (
        <DecisionTable key={i} decision={decision} nodes={nodes} />
      ))}
    </>
  );
}

function whoOf(request: Request, { opened }: Page): string {
  const { region, object, user, demandMs, bornMs } = request;
  const parts = [`From ${opened!.regions[region].name}, born at ${clock(bornMs)}`];
  if (user !== null) parts.push(`user ${user}`);
  if (object !== null) parts.push(`object ${object}`);
  parts.push(`needs ${figure(demandMs, "ms")} of a core`);
  return `${parts.join(", ")}.`;
}

/** The latency as one bar, and the same in words. */
function Parts({
  parts,
  wholeMs,
}: {
  parts: NonNullable<Request["end"]>["parts"];
  wholeMs: number;
}) {
  const theme = useTheme();
  const felt = parts.map((each, index) => ({ ...each, index })).filter(({ ms }) => ms > 0);
  return (
    <>
      <div class="parts" aria-hidden="true">
        {felt.map(({ part, ms, index }) => (
          <span
            key={part}
            style={{ flex: `${ms / wholeMs}`, background: seriesColour(index, theme) }}
          />
        ))}
      </div>
      <ul class="parts-list">
        {felt.map(({ part, ms, index }) => (
          <li key={part}>
            <i style={{ background: seriesColour(index, theme) }} aria-hidden="true" />
            {part} {figure(ms, "ms")}
          </li>
        ))}
      </ul>
    </>
  );
}

const nameOf = (nodes: readonly NodeFacts[], id: number): string =>
  nodes[id] === undefined ? "–" : shortPath(nodes[id].path);

const REASONS: Readonly<Record<Exclude<Decision["by"], "strategy">, string>> = {
  user: "kept where its user was",
  connection: "where its connection goes",
  address: "the address that its client had found",
  route: "by its rules",
};

function DecisionTable({ decision, nodes }: { decision: Decision; nodes: readonly NodeFacts[] }) {
  const [all, setAll] = useState(false);
  const { targets, targetCount, chosen, by, owner } = decision;
  const shown = all ? targets : targets.slice(0, TARGETS_SHOWN);
  const reported = targets.some(({ reportedUtilization }) => reportedUtilization !== null);
  const ownerWords = owner === null ? "" : `its key belongs to ${nameOf(nodes, owner)}`;
  const reason = by === "strategy" ? ownerWords : REASONS[by];
  return (
    <details open class="decision">
      <summary>
        {nameOf(nodes, decision.balancer)} ({decision.strategy}) chose {nameOf(nodes, chosen)}
        {reason === "" ? "" : `: ${reason}`}
      </summary>
      <table class="facts">
        <thead>
          <tr>
            <td />
            <th scope="col">believed in flight</th>
            <th scope="col">truly</th>
            {reported ? <th scope="col">reported, age</th> : null}
            <th scope="col">truly busy</th>
            <th scope="col">believed</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((target) => (
            <tr key={target.node} class={target.chosen ? "chosen" : undefined}>
              <th scope="row">
                {target.chosen ? "→ " : ""}
                {nameOf(nodes, target.node)}
              </th>
              <td>{target.believedInFlight}</td>
              <td>{target.inFlight}</td>
              {reported ? <td>{reportOf(target)}</td> : null}
              <td>{Math.round(100 * target.busy)} %</td>
              <td>{beliefOf(target)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {targets.length <= TARGETS_SHOWN ? null : (
        <button type="button" class="button" onClick={() => setAll(!all)}>
          {all ? "Fewer" : `${targets.length} of ${targetCount} targets`}
        </button>
      )}
    </details>
  );
}

/** `up`, or where that is wrong `up, is down`. */
function beliefOf({ believedUp, up }: Decision["targets"][number]): string {
  const word = (is: boolean): string => (is ? "up" : "down");
  return believedUp === up ? word(up) : `${word(believedUp)}, is ${word(up)}`;
}

function reportOf({ reportedUtilization, reportAgeMs }: Decision["targets"][number]): string {
  if (reportedUtilization === null) return "–";
  return `${share(reportedUtilization)}, ${figure(reportAgeMs, "ms")}`;
}
