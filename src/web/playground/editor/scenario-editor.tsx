/**
 * The scenario as text, with completion, help and every problem at its line. What is wrong never
 * stops what runs: the page is told of each text that was read, and opens the good ones.
 */
import type { Diagnostic } from "@codemirror/lint";
import { setDiagnostics } from "@codemirror/lint";
import { EditorState, Transaction } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ProblemFacts } from "../engine/protocol.ts";
import { editorExtensions } from "./extensions.ts";
import { fixesOf, spanAt } from "./fixes.ts";
import "./editor.css";

export interface ScenarioEditorProps {
  /** Shown; another text replaces what stands there, unless it was written here. */
  readonly text: string;
  /** All problems of a text, as the real reader tells them: the worker's `check`. */
  readonly check: (text: string) => Promise<readonly ProblemFacts[]>;
  /** After each pause in typing. */
  readonly onChange: (text: string) => void;
  /** After each reading. Without an error among them `text` can be opened. */
  readonly onProblems: (problems: readonly ProblemFacts[], text: string) => void;
  /** Ctrl+Enter: run it from the start. */
  readonly onRun?: (text: string) => void;
}

const PAUSE_MS = 300;
/** More are in the way of the text. */
const MOST_LISTED = 20;

export function ScenarioEditor(props: ScenarioEditorProps) {
  const holder = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  latest.current = props;
  // The page opens what was written here, while here one writes on: it comes back late.
  const written = useRef(new Set<string>());
  const [problems, setProblems] = useState<readonly ProblemFacts[]>([]);

  useEffect(() => {
    const reading = new Reading(latest, written.current, setProblems);
    const made = editorView(holder.current!, latest, reading);
    view.current = made;
    reading.read(made);
    return () => {
      reading.stop();
      made.destroy();
    };
  }, []);

  useEffect(() => {
    const { current } = view;
    if (current === null || current.state.doc.toString() === props.text) return;
    if (written.current.has(props.text)) return;
    written.current.clear();
    const changes = { from: 0, to: current.state.doc.length, insert: props.text };
    current.dispatch({ changes, annotations: Transaction.addToHistory.of(true) });
  }, [props.text]);

  const go = ({ line, column }: ProblemFacts): void => {
    const { current } = view;
    if (current === null) return;
    const { from, to } = spanAt(current.state.doc.toString(), line, column);
    current.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
    current.focus();
  };
  const mend = ({ line, column }: ProblemFacts, insert: string): void => {
    const { current } = view;
    if (current === null) return;
    const { from, to } = spanAt(current.state.doc.toString(), line, column);
    const selection = { anchor: from + insert.length };
    current.dispatch({ changes: { from, to, insert }, selection, scrollIntoView: true });
    current.focus();
  };
  return (
    <div class="editor">
      <div class="editor-text" ref={holder} />
      <p class="editor-keys" id="editor-keys">
        Ctrl+Space offers what may stand here, Ctrl+Enter runs it. Escape, then Tab, leaves the
        text.
      </p>
      <ProblemList problems={problems} onGo={go} onMend={mend} />
    </div>
  );
}

function ProblemList(props: {
  readonly problems: readonly ProblemFacts[];
  readonly onGo: (problem: ProblemFacts) => void;
  readonly onMend: (problem: ProblemFacts, insert: string) => void;
}) {
  const { problems, onGo, onMend } = props;
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const said =
    problems.length === 0
      ? "No problems."
      : errors === 0
        ? "It runs, with a warning."
        : `${errors === 1 ? "One problem" : `${errors} problems`}: the last good scenario runs on.`;
  return (
    <div class="editor-problems">
      <p role="status">{said}</p>
      <ol>
        {problems.slice(0, MOST_LISTED).map((problem) => (
          <li class={problem.severity}>
            <button type="button" onClick={() => onGo(problem)}>
              {problem.line > 0 ? `Line ${problem.line}` : "Setting"}
            </button>{" "}
            {sentenceOf(problem)}
            {fixesOf(problem).map((insert) => (
              <button type="button" class="editor-fix" onClick={() => onMend(problem, insert)}>
                Write {insert}
              </button>
            ))}
          </li>
        ))}
      </ol>
    </div>
  );
}

const sentenceOf = ({ message, fix }: ProblemFacts): string =>
  fix === "" ? `${message}.` : `${message}: ${fix}${fix.endsWith("?") ? "" : "."}`;

type Latest = { readonly current: ScenarioEditorProps };

function editorView(parent: HTMLElement, latest: Latest, reading: Reading): EditorView {
  const attributes = {
    "aria-label": "Scenario",
    "aria-describedby": "editor-keys",
    spellcheck: "false",
    tabindex: "0",
  };
  const extensions = [
    ...editorExtensions(attributes, () => latest.current.onRun?.(made.state.doc.toString())),
    EditorView.updateListener.of(({ docChanged, view }) => {
      if (docChanged) reading.soon(view);
    }),
  ];
  const made: EditorView = new EditorView({
    parent,
    state: EditorState.create({ doc: latest.current.text, extensions }),
  });
  return made;
}

/** Reads the text after each pause; an answer that comes after newer text is dropped. */
class Reading {
  private readonly latest: Latest;
  private readonly written: Set<string>;
  private readonly show: (problems: readonly ProblemFacts[]) => void;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private count = 0;

  constructor(
    latest: Latest,
    written: Set<string>,
    show: (problems: readonly ProblemFacts[]) => void,
  ) {
    this.latest = latest;
    this.written = written;
    this.show = show;
  }

  soon(view: EditorView): void {
    clearTimeout(this.timer);
    this.count++;
    this.timer = setTimeout(() => {
      const text = view.state.doc.toString();
      this.written.add(text);
      this.latest.current.onChange(text);
      this.read(view);
    }, PAUSE_MS);
  }

  read(view: EditorView): void {
    const number = ++this.count;
    const text = view.state.doc.toString();
    void this.latest.current.check(text).then((problems) => {
      if (number !== this.count) return;
      view.dispatch(
        setDiagnostics(
          view.state,
          problems.map((problem) => diagnosticOf(problem, text)),
        ),
      );
      this.show(problems);
      this.latest.current.onProblems(problems, text);
    });
  }

  stop(): void {
    clearTimeout(this.timer);
    this.count++;
  }
}

function diagnosticOf(problem: ProblemFacts, text: string): Diagnostic {
  const { from, to } = spanAt(text, problem.line, problem.column);
  const actions = fixesOf(problem).map((insert) => ({
    name: `Write ${insert}`,
    apply: (view: EditorView, start: number, end: number) =>
      view.dispatch({ changes: { from: start, to: end, insert } }),
  }));
  return { from, to, severity: problem.severity, message: sentenceOf(problem), actions };
}
