/**
 * What opens beside the stage: the gallery, the tour, the editor, the lanes, the state as a table.
 */
import { useEffect, useRef } from "preact/hooks";
import type { Conductor } from "./conductor.ts";
import { LanesForm } from "./controls/lanes-form.tsx";
import { ScenarioEditor } from "./editor/scenario-editor.tsx";
import { Gallery } from "./gallery/gallery.tsx";
import type { FigureName } from "./engine/protocol.ts";
import type { Drawer, Source } from "./page.ts";
import { StateTable } from "./panels/state-table.tsx";
import { useStore } from "./state.ts";
import { isTour } from "./tour/progress.ts";
import { Tour } from "./tour/tour.tsx";

const TITLES: Readonly<Record<Exclude<Drawer, "none">, string>> = {
  gallery: "Scenarios",
  tour: "A guided tour",
  editor: "The scenario",
  lanes: "Side by side",
  table: "The stage as a table",
};

interface Props {
  readonly conductor: Conductor;
  readonly drawer: Exclude<Drawer, "none">;
}

export function DrawerOf({ conductor, drawer }: Props) {
  const head = useRef<HTMLHeadingElement>(null);
  // Who opened it by key goes on inside it, and comes back to where it was opened.
  useEffect(() => {
    const opener = document.activeElement;
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  useEffect(() => head.current?.focus(), [drawer]);
  return (
    <section class="drawer" aria-label={TITLES[drawer]}>
      <header>
        <h2 ref={head} tabIndex={-1}>
          {TITLES[drawer]}
        </h2>
        <button type="button" class="button" onClick={() => closeDrawer(conductor)}>
          Close
        </button>
      </header>
      <Content conductor={conductor} drawer={drawer} />
    </section>
  );
}

function Content({ conductor, drawer }: Props) {
  const source = useStore(conductor.page, (page) => page.source);
  if (drawer === "gallery") {
    return (
      <Gallery
        {...(source === null ? {} : { current: source.name })}
        onOpen={({ text, name, files, lanes }) => {
          closeDrawer(conductor);
          void run(conductor, { text, name, files, lanes });
        }}
      />
    );
  }
  if (drawer === "editor") return <Editor conductor={conductor} />;
  if (drawer === "lanes") return <LanesForm conductor={conductor} key={source?.name} />;
  if (drawer === "table") return <StateTable conductor={conductor} />;
  return <Lessons conductor={conductor} />;
}

/** Opens it and lets it run. */
async function run(conductor: Conductor, source: Source, speed?: number): Promise<void> {
  if (!(await conductor.open(source))) return;
  if (speed !== undefined) conductor.setSpeed(speed);
  await conductor.play(true);
}

function Lessons({ conductor }: { conductor: Conductor }) {
  const frame = useStore(conductor.live, (live) => live.frame);
  const watched = {
    nowMs: frame?.nowMs ?? 0,
    figure: (lane: number, name: FigureName): number =>
      conductor.histories[lane]?.last(name) ?? NaN,
  };
  return (
    <Tour
      onOpen={({ name, text, lanes, speed }) => void run(conductor, { name, text, lanes }, speed)}
      onTouch={(touch, lane) => void conductor.touch(touch, lane)}
      frame={frame === null ? null : watched}
      onLeave={() => closeDrawer(conductor)}
    />
  );
}

/** Whoever leaves the tour leaves its place in the address, too. */
function closeDrawer(conductor: Conductor): void {
  if (isTour(location.hash)) history.replaceState(null, "", location.pathname + location.search);
  conductor.page.set({ drawer: "none" });
}

/** Each good text is opened at once; a bad one leaves running what runs. */
function Editor({ conductor }: { conductor: Conductor }) {
  const source = useStore(conductor.page, (page) => page.source);
  if (source === null) return null;
  const files = source.files === undefined ? {} : { files: source.files };
  const reopen = (text: string): void => {
    const { source: present } = conductor.page.get();
    if (present !== null && present.text !== text) void conductor.open({ ...present, text });
  };
  return (
    <ScenarioEditor
      text={source.text}
      check={(text) => conductor.check({ text, name: source.name, ...files })}
      onChange={() => {}}
      onProblems={(problems, text) => {
        if (problems.every(({ severity }) => severity !== "error")) reopen(text);
      }}
      onRun={(text) => {
        reopen(text);
        void conductor.play(true);
      }}
    />
  );
}
