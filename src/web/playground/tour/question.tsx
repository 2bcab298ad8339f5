/** A lesson's question: choose as often as you like; the right answer comes with its reason. */
import { told } from "./lesson.ts";
import type { Lesson } from "./lesson.ts";

export interface QuestionProps {
  readonly lesson: Lesson;
  /** The option that stands chosen; null: none yet. */
  readonly chosen: number | null;
  readonly onChoose: (option: number) => void;
}

export function Question({ lesson, chosen, onChoose }: QuestionProps) {
  const { ask, options, right, because } = lesson.question;
  return (
    <fieldset class="tour-part tour-question">
      <legend>{told(ask, lesson)}</legend>
      {options.map((option, index) => (
        <label>
          <input
            type="radio"
            name={`question-${lesson.slug}`}
            checked={chosen === index}
            onChange={() => onChoose(index)}
          />
          <span>{told(option, lesson)}</span>
        </label>
      ))}
      <p role="status" class={chosen === right ? "is-right" : "is-wrong"}>
        {chosen === null
          ? ""
          : chosen === right
            ? `Right. ${told(because, lesson)}`
            : "Not that. Look at the number once more, and choose again."}
      </p>
    </fieldset>
  );
}
