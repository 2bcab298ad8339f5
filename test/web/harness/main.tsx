/** Editor, gallery and tour on a page of their own, which notes what they ask for. */
import { render } from "preact";
import { useState } from "preact/hooks";
import { readScenario } from "../../../src/scenario/read-scenario.ts";
import type { ProblemFacts, Touch } from "../../../src/web/playground/engine/protocol.ts";
import { ScenarioEditor } from "../../../src/web/playground/editor/scenario-editor.tsx";
import { Gallery } from "../../../src/web/playground/gallery/gallery.tsx";
import { Tour } from "../../../src/web/playground/tour/tour.tsx";
import "../../../src/web/shared/theme.css";
import { startTheme } from "../../../src/web/shared/theme.ts";
import { smallest } from "../../scenario/helpers.ts";

/** What a part asked of the page. */
export interface Asked {
  readonly changed?: string;
  readonly problems?: number;
  readonly read?: string;
  readonly run?: string;
  readonly open?: string;
  readonly lesson?: string;
  readonly touch?: Touch;
  readonly lane?: number | null;
}

declare global {
  interface Window {
    /** In order. */
    asked: Asked[];
    /** The figure that all lanes show. */
    figure: number;
  }
}
window.asked = [];
window.figure = 0.25;

function check(text: string): Promise<readonly ProblemFacts[]> {
  const read = readScenario("s.yaml", (path) => {
    if (path === "s.yaml") return text;
    throw new Error("there is no such file");
  });
  const problems = "problems" in read ? read.problems : read.warnings;
  return Promise.resolve(
    problems.map(({ line, column, what, would, severity }) => {
      return { line, column, message: what, fix: would, severity };
    }),
  );
}

const ask = (what: Asked): void => void window.asked.push(what);

function Parts() {
  const [text, setText] = useState(smallest);
  const frame = { nowMs: 0, figure: () => window.figure };
  return (
    <>
      <h1>Parts</h1>
      <a href="#before">before the editor</a>
      <ScenarioEditor
        text={text}
        check={check}
        onChange={(changed) => ask({ changed })}
        onProblems={(problems, read) => {
          ask({ problems: problems.length, read });
          // As the page does: what is good is opened, and comes back some time later.
          if (problems.length === 0 && read !== text) setTimeout(() => setText(read), 500);
        }}
        onRun={(run) => ask({ run })}
      />
      <a href="#after">after the editor</a>
      <Gallery
        onOpen={(entry) => {
          ask({ open: entry.name });
          setText(entry.text);
        }}
      />
      <Tour
        onOpen={({ name }) => ask({ lesson: name })}
        onTouch={(touch, lane) => ask({ touch, lane: lane ?? null })}
        frame={frame}
      />
    </>
  );
}

startTheme();
render(<Parts />, document.getElementById("page")!);
