/**
 * CodeMirror with what a scenario needs and no more: each extension costs every reader its size.
 */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  startCompletion,
} from "@codemirror/autocomplete";
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap } from "@codemirror/lint";
import type { Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  hoverTooltip,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Offer } from "./help.ts";
import { explanationAt, offersAt } from "./help.ts";

const TYPES = { field: "property", value: "enum", node: "variable" } as const;

function completionOf({ name, kind, doc, detail, insert }: Offer): Completion {
  return {
    label: name,
    type: TYPES[kind],
    detail,
    ...(doc === "" ? {} : { info: doc }),
    boost: detail === "required" ? 1 : 0,
    apply: (view, _completion, from, to) => {
      const changes = { from, to, insert };
      view.dispatch({ changes, selection: { anchor: from + insert.length } });
      // After a field come its values.
      if (insert.endsWith(": ")) startCompletion(view);
    },
  };
}

function completions(context: CompletionContext): CompletionResult | null {
  const text = context.state.doc.toString();
  const found = offersAt(text, context.pos);
  if (found === null || found.offers.length === 0) return null;
  const before = text.slice(Math.max(0, context.pos - 2), context.pos);
  const begun = found.from < context.pos || /[:{,[-] $/.test(before);
  if (!context.explicit && !begun) return null;
  return { from: found.from, options: found.offers.map(completionOf), validFor: /^[\w./*-]*$/ };
}

const help = hoverTooltip((view, offset) => {
  const found = explanationAt(view.state.doc.toString(), offset);
  if (found === null) return null;
  const create = () => {
    const dom = document.createElement("div");
    dom.className = "editor-help";
    for (const line of found.lines) {
      dom.appendChild(document.createElement("div")).textContent = line;
    }
    return { dom };
  };
  return { pos: found.from, end: found.to, above: true, create };
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--ink-soft)", fontStyle: "italic" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: [tags.punctuation, tags.separator, tags.brace, tags.squareBracket], color: "var(--mark)" },
]);

/** `onRun` at Ctrl+Enter; `attributes` of the element that holds the text. */
export function editorExtensions(
  attributes: Readonly<Record<string, string>>,
  onRun: () => void,
): Extension[] {
  const run = { key: "Mod-Enter", preventDefault: true, run: () => (onRun(), true) };
  return [
    keymap.of([
      run,
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...lintKeymap,
      ...historyKeymap,
      ...defaultKeymap,
      // Escape before Tab leaves the editor: CodeMirror's own way out of it.
      indentWithTab,
    ]),
    lineNumbers(),
    history(),
    drawSelection(),
    highlightActiveLine(),
    indentOnInput(),
    closeBrackets(),
    yaml(),
    syntaxHighlighting(colours),
    autocompletion({ override: [completions], icons: false, maxRenderedOptions: 60 }),
    help,
    lintGutter(),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of(attributes),
  ];
}
