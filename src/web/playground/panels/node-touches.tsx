/** What can be done by hand to a balancer or a machine. */
import { useState } from "preact/hooks";
import { entryOf } from "../../../definition.ts";
import { strategies } from "../../../balancing/registry.ts";
import type { Conductor } from "../conductor.ts";
import type { NodeFacts, Touch } from "../engine/protocol.ts";
import type { Page, Selection } from "../page.ts";
import { REMOVED } from "../stage/codes.ts";
import { useStore } from "../state.ts";
import { LaneChoice } from "./lane-choice.tsx";
import { Links } from "./links-panel.tsx";

interface Props {
  readonly conductor: Conductor;
  readonly page: Page;
  readonly selected: Selection;
  readonly node: NodeFacts;
}

export function NodeTouches({ conductor, page, selected, node }: Props) {
  const [alone, setAlone] = useState(false);
  const { path } = node;
  const state = useStore(
    conductor.live,
    ({ frame }) => frame?.lanes[selected.lane]?.columns.state[node.id],
  );
  const touch = (what: Touch): void => {
    // These buttons go with the node; who pressed one by key stays beside it.
    if (what.kind === "remove" || what.kind === "drain") {
      document.getElementById("inspector")?.focus();
    }
    void conductor.touch(what, alone ? selected.lane : undefined);
  };
  const isRoot = node.parent < 0;
  const isMachine = node.kind === "machine";
  const hasMachines = page.trees[selected.lane].some(
    ({ parent, kind }) => parent === node.id && kind === "machine",
  );
  const parentPlace = isRoot ? node.place : page.trees[selected.lane][node.parent].place;
  const isDatacenter = !isMachine && node.place >= 0 && node.place !== parentPlace;
  if (state === REMOVED) return <p>It has left for good. A balancer can be given another one.</p>;
  return (
    <div class="touches" role="group" aria-label="Touches">
      <h3>Touch it</h3>
      <LaneChoice {...{ page, alone, setAlone }} lane={selected.lane} />
      <Button touch={touch} what={{ kind: "fail", node: path, manner: "crash" }}>
        Crash
      </Button>
      <Button touch={touch} what={{ kind: "fail", node: path, manner: "silence" }}>
        {isDatacenter ? "Darken (silence)" : "Silence"}
      </Button>
      <Restore {...{ conductor, touch, node, isMachine }} lane={selected.lane} />
      {isRoot ? null : (
        <>
          <Button touch={touch} what={{ kind: "drain", node: path }}>
            Drain
          </Button>
          <Button touch={touch} what={{ kind: "remove", node: path }}>
            Remove
          </Button>
        </>
      )}
      {hasMachines ? <Add touch={touch} path={path} /> : null}
      <Amount
        text="Slow down by"
        button="Slow"
        initial={4}
        least={1}
        onDone={(factor) => touch({ kind: "slow", node: path, factor })}
      />
      {isRoot ? null : (
        <Amount
          text="Weight"
          button="Set"
          initial={node.weight}
          least={0}
          onDone={(weight) => touch({ kind: "weight", node: path, weight })}
        />
      )}
      {isMachine ? null : <StrategyChoice touch={touch} node={node} />}
      <button
        type="button"
        class="button"
        onClick={() => conductor.follow(selected.lane, { nextAt: node.id })}
      >
        Follow its next request
      </button>
      {isDatacenter ? <Links {...{ conductor, page, place: node.place, touch }} /> : null}
    </div>
  );
}

type DoTouch = (what: Touch) => void;

function Button(props: { touch: DoTouch; what: Touch; children: preact.ComponentChildren }) {
  return (
    <button type="button" class="button" onClick={() => props.touch(props.what)}>
      {props.children}
    </button>
  );
}

/** Up again, and as fast as it was. */
function Restore(props: {
  conductor: Conductor;
  touch: DoTouch;
  node: NodeFacts;
  lane: number;
  isMachine: boolean;
}) {
  const { conductor, touch, node, lane } = props;
  const restore = (): void => {
    touch({ kind: "recover", node: node.path });
    const slowed = conductor.latest?.lanes[lane]?.columns.slowed[node.id] ?? 1;
    if (slowed > 1 || !props.isMachine) touch({ kind: "slow", node: node.path, factor: 1 });
  };
  return (
    <button type="button" class="button" onClick={restore}>
      Restore
    </button>
  );
}

function Add({ touch, path }: { touch: DoTouch; path: string }) {
  return (
    <Amount
      text="Add machines"
      button="Add"
      initial={1}
      least={1}
      step={1}
      onDone={(count) => touch({ kind: "add", to: path, count: Math.round(count) })}
    />
  );
}

function Amount(props: {
  text: string;
  button: string;
  initial: number;
  least: number;
  step?: number;
  onDone: (amount: number) => void;
}) {
  const { text, button, initial, least, step = "any", onDone } = props;
  const [amount, setAmount] = useState(initial);
  return (
    <label>
      {text}
      <input
        class="field"
        type="number"
        min={least}
        step={step}
        value={amount}
        onInput={({ currentTarget }) => setAmount(Number(currentTarget.value))}
      />
      <button type="button" class="button" onClick={() => onDone(amount)}>
        {button}
      </button>
    </label>
  );
}

/**
 * The one setting that a bare value sets, where it is a number: virtual nodes, choices, a limit.
 */
function mainSetting(name: string): { label: string; initial: number } | null {
  const { primary, fields } = entryOf(strategies, name);
  const field = primary === undefined ? undefined : fields[primary];
  if (field === undefined || !("default" in field) || typeof field.default !== "number")
    return null;
  return { label: `${primary} (${field.doc})`, initial: field.default };
}

function StrategyChoice({ touch, node }: { touch: DoTouch; node: NodeFacts }) {
  const [kind, setKind] = useState(node.strategy ?? strategies[0].name);
  const setting = mainSetting(kind);
  const [amount, setAmount] = useState<number | null>(null);
  const strategy = amount === null || setting === null ? kind : `{ ${kind}: ${amount} }`;
  return (
    <>
      <label>
        Strategy
        <select
          class="field"
          value={kind}
          onChange={({ currentTarget }) => {
            setKind(currentTarget.value);
            setAmount(null);
          }}
        >
          {strategies.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <button
          type="button"
          class="button"
          onClick={() => touch({ kind: "strategy", node: node.path, strategy })}
        >
          Use it
        </button>
      </label>
      {setting === null ? null : (
        <label>
          {setting.label}
          <input
            class="field"
            type="number"
            step="any"
            value={amount ?? setting.initial}
            onInput={({ currentTarget }) => setAmount(Number(currentTarget.value))}
          />
        </label>
      )}
    </>
  );
}
