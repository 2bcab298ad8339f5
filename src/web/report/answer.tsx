/** Question, answer, expectation. */
import type { PageModel } from "../../report/page/page-model.ts";

export function AnswerSection({ model }: { model: PageModel }) {
  const question = model.words.find(({ label }) => label === "question")?.text;
  const others = model.words.filter(({ label }) => label !== "question");
  return (
    <section id="answer" aria-labelledby="answer-title">
      <p class="kicker">
        {model.kind === "run" ? "Report of a run" : "Report of a comparison"} · lbsim{" "}
        {model.version}
      </p>
      <h1 id="answer-title">{question ?? model.name}</h1>
      <div class="answer">
        <p>{model.answer}</p>
        {model.also.length > 0 && (
          <ul>
            {model.also.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        )}
      </div>
      <dl class="words">
        {others.map(({ label, text }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
        {model.facts.map(({ label, text }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {model.verdicts.length > 0 && (
        <ul class="verdicts" aria-label="Expectations">
          {model.verdicts.map(({ passed, text }) => (
            <li key={text} class={passed ? "is-passed" : "is-failed"}>
              <span aria-hidden="true">{passed ? "✓" : "✗"}</span>
              <span class="visually-hidden">{passed ? "holds: " : "does not hold: "}</span> {text}
            </li>
          ))}
        </ul>
      )}
      {model.notes.map((note) => (
        <p key={note} class="note">
          {note}
        </p>
      ))}
    </section>
  );
}
