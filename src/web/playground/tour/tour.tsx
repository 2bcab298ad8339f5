/**
 * The guided tour beside the stage: one page a lesson. It opens the lesson's scenario, makes its
 * one touch, shows its one number, and asks its one question; where it stands is in the address.
 */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { humanise } from "../../../report/numbers.ts";
import type { FigureName, LaneOrder, Touch } from "../engine/protocol.ts";
import { told, unitOf } from "./lesson.ts";
import type { Lesson } from "./lesson.ts";
import { lessons } from "./lessons.ts";
import { isTour, readProgress, writeProgress } from "./progress.ts";
import { Question } from "./question.tsx";
import "./tour.css";

/** What the page shows of the lanes at this moment. */
export interface TourFrame {
  readonly nowMs: number;
  /** The figure of a lane's last closed window; NaN: there is none. */
  readonly figure: (lane: number, name: FigureName) => number;
}

export interface TourOpen {
  readonly name: string;
  readonly text: string;
  readonly lanes: readonly LaneOrder[];
  /** Simulated seconds a second, at which it should run at once. */
  readonly speed: number;
}

export interface TourProps {
  /** Opens a lesson's scenario from its start and lets it run. */
  readonly onOpen: (open: TourOpen) => void;
  /** For one lane, or for all where `lane` is left out. */
  readonly onTouch: (touch: Touch, lane?: number) => void;
  /** null while nothing is open. */
  readonly frame: TourFrame | null;
  /** Leaves the tour. */
  readonly onLeave?: () => void;
}

const slugs = lessons.map(({ slug }) => slug);

/** Where somebody was who left the tour: while the page is open, the way back leads there. */
let left = "#tour";

export function Tour({ onOpen, onTouch, frame, onLeave }: TourProps) {
  const [progress, setProgress] = useState(() =>
    readProgress(isTour(location.hash) ? location.hash : left, slugs),
  );
  /** The watched number when the touch was made; null: not touched yet. */
  const [before, setBefore] = useState<number | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const lesson = lessons[progress.lesson];

  useEffect(() => {
    const listen = (): void => {
      if (!isTour(location.hash)) return;
      const there = readProgress(location.hash, slugs);
      // An older address, to which the browser goes back, knows fewer answers.
      setProgress((now) => ({
        ...there,
        answers: there.answers.map((each, i) => each ?? now.answers[i]),
      }));
    };
    window.addEventListener("hashchange", listen);
    return () => {
      window.removeEventListener("hashchange", listen);
      if (isTour(location.hash)) history.replaceState(null, "", "#");
    };
  }, []);
  // Together with what is drawn: later it could undo where somebody has gone since.
  useLayoutEffect(() => {
    // A link to this lesson, whichever way it was come to.
    left = writeProgress(progress, slugs);
    history.replaceState(null, "", left);
  }, [progress]);

  const open = (): void => {
    setBefore(null);
    onOpen({ name: lesson.name, text: lesson.text, lanes: lesson.lanes, speed: lesson.speed });
  };
  const arrived = useRef(false);
  useEffect(() => {
    open();
    // Whoever goes from lesson to lesson goes on reading at its title; not on entering the page.
    if (arrived.current) heading.current?.focus();
    arrived.current = true;
  }, [progress.lesson]);

  const go = (index: number): void => {
    location.hash = writeProgress({ ...progress, lesson: index }, slugs);
  };
  const answer = (option: number): void => {
    const answers = progress.answers.with(progress.lesson, option);
    setProgress({ ...progress, answers });
  };
  const touch = (): void => {
    setBefore(frame?.figure(lesson.watch.lane, lesson.watch.figure) ?? NaN);
    onTouch(lesson.touch.order, lesson.touch.lane);
  };
  return (
    <div class="tour">
      <Steps progress={progress} onGo={go} />
      <h3 class="tour-title" ref={heading} tabIndex={-1}>
        <span class="tour-number">{progress.lesson + 1}</span> {lesson.title}
      </h3>
      {lesson.idea.map((text) => (
        <p>{told(text, lesson)}</p>
      ))}
      <TouchStep lesson={lesson} onTouch={touch} touched={before !== null} onAgain={open} />
      <WatchStep lesson={lesson} frame={frame} before={before} />
      <Question
        key={lesson.slug}
        lesson={lesson}
        chosen={progress.answers[progress.lesson] ?? null}
        onChoose={answer}
      />
      <Onwards index={progress.lesson} onGo={go} {...(onLeave && { onLeave })} />
    </div>
  );
}

function Steps(props: {
  readonly progress: { readonly lesson: number; readonly answers: readonly (number | null)[] };
  readonly onGo: (index: number) => void;
}) {
  const { lesson: current, answers } = props.progress;
  return (
    <nav aria-label="Lessons">
      <ol class="tour-steps">
        {lessons.map(({ title, question }, index) => {
          const right = answers[index] === question.right;
          return (
            <li>
              <button
                type="button"
                aria-current={index === current ? "step" : undefined}
                class={right ? "is-right" : ""}
                title={title}
                onClick={() => props.onGo(index)}
              >
                <span class="visually-hidden">Lesson </span>
                {index + 1}
                <span class="visually-hidden">
                  : {title}
                  {right ? ", answered" : ""}
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

function TouchStep(props: {
  readonly lesson: Lesson;
  readonly touched: boolean;
  readonly onTouch: () => void;
  readonly onAgain: () => void;
}) {
  const { lesson, touched, onTouch, onAgain } = props;
  return (
    <div class="tour-part">
      <h4 class="tour-head">Touch</h4>
      <div class="tour-buttons">
        <button
          type="button"
          class="button tour-touch"
          // Not `disabled`, which would take the focus away from whoever pressed it.
          aria-disabled={touched}
          onClick={() => touched || onTouch()}
        >
          {lesson.touch.button}
        </button>
        <button type="button" class="button" onClick={onAgain}>
          Start over
        </button>
      </div>
      <p>{told(lesson.touch.does, lesson)}</p>
    </div>
  );
}

function WatchStep(props: {
  readonly lesson: Lesson;
  readonly frame: TourFrame | null;
  readonly before: number | null;
}) {
  const { lesson, frame, before } = props;
  const { lane, figure, label, says } = lesson.watch;
  const now = frame?.figure(lane, figure) ?? NaN;
  const write = (value: number): string => humanise(value, unitOf(figure));
  return (
    <div class="tour-part">
      <h4 class="tour-head">Watch</h4>
      <dl class="tour-watch">
        <dt>{label}</dt>
        <dd>
          {before !== null && !Number.isNaN(before) && (
            <span class="tour-before">{write(before)} → </span>
          )}
          <strong>{write(now)}</strong>
        </dd>
      </dl>
      <p>{told(says, lesson)}</p>
      <p class="tour-small">These are numbers of a run that was touched after a minute.</p>
    </div>
  );
}

function Onwards(props: {
  readonly index: number;
  readonly onGo: (index: number) => void;
  readonly onLeave?: () => void;
}) {
  const { index, onGo, onLeave } = props;
  return (
    <div class="tour-onwards">
      {index > 0 && (
        <button type="button" class="button" onClick={() => onGo(index - 1)}>
          Back
        </button>
      )}
      {index < lessons.length - 1 ? (
        <button type="button" class="button tour-next" onClick={() => onGo(index + 1)}>
          Next: {lessons[index + 1].title}
        </button>
      ) : (
        <p>That was the tour. Everything in it is a scenario of your own now: change it.</p>
      )}
      {onLeave !== undefined && (
        <button type="button" class="button" onClick={onLeave}>
          Leave the tour
        </button>
      )}
    </div>
  );
}
