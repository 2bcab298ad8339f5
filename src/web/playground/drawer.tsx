/** What opens beside the stage: the gallery, the tour, the editor, the lanes, the state as a table. */
import { useEffect, useRef } from "preact/hooks";
import type { Conductor } from "./conductor.ts";
import { LanesForm } from "./controls/lanes-form.tsx";
import { ScenarioEditor } from "./editor/scenario-editor.tsx";
import { Gallery } from "./gallery/gallery.tsx";
import type { Drawer } from "./page.ts";
import { StateTable } from "./panels/state-table.tsx";
import { useStore } from "./state.ts";
import { TourDrawer } from "./tour/tour-drawer.tsx";

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
  // Who opened it by key goes on inside it.
  useEffect(() => head.current?.focus(), [drawer]);
  return (
    <section class="drawer" aria-label={TITLES[drawer]}>
      <header>
        <h2 ref={head} tabIndex={-1}>
          {TITLES[drawer]}
        </h2>
        <button type="button" class="button" onClick={() => conductor.page.set({ drawer: "none" })}>
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
        onOpen={({ text, name, files, lanes }) => conductor.open({ text, name, files, lanes })}
      />
    );
  }
  if (drawer === "editor") return <Editor conductor={conductor} />;
  if (drawer === "lanes") return <LanesForm conductor={conductor} key={source?.name} />;
  if (drawer === "table") return <StateTable conductor={conductor} />;
  return <TourDrawer conductor={conductor} />;
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
