/** Run, pause, step, slower, faster, and time itself: to any, earlier ones too. */
import { clock } from "../../../report/numbers.ts";
import { parseQuantity } from "../../../scenario/units.ts";
import type { Conductor } from "../conductor.ts";
import { NOTCHES, notchOf, speedAt, speedText } from "./speed.ts";
import { useStore } from "../state.ts";
import { useState } from "preact/hooks";

export function Transport({ conductor }: { conductor: Conductor }) {
  const playing = useStore(conductor.page, (page) => page.playing);
  const opened = useStore(conductor.page, (page) => page.opened);
  const off = opened === null;
  return (
    <section class="transport" aria-label="Time">
      <div class="row">
        <button
          type="button"
          class="button primary"
          disabled={off}
          onClick={() => conductor.play()}
        >
          {playing ? "Pause" : "Run"}
        </button>
        <button
          type="button"
          class="button"
          disabled={off}
          title="One event"
          onClick={() => conductor.step()}
        >
          Step
        </button>
        <button type="button" class="button" disabled={off} onClick={() => conductor.seek(0)}>
          Restart
        </button>
        <Speed conductor={conductor} />
        <Jump conductor={conductor} />
        <Clock conductor={conductor} />
      </div>
      <Timeline conductor={conductor} />
    </section>
  );
}

function Speed({ conductor }: { conductor: Conductor }) {
  const speed = useStore(conductor.page, (page) => page.speed);
  const behind = useStore(conductor.page, (page) => page.behind);
  return (
    <>
      <button
        type="button"
        class="button"
        aria-label="Slower"
        onClick={() => conductor.setSpeed(speed / 2)}
      >
        −
      </button>
      <label>
        <span class="visually-hidden">Speed</span>
        <input
          type="range"
          min={0}
          max={NOTCHES}
          value={notchOf(speed)}
          aria-valuetext={speedText(speed)}
          onInput={({ currentTarget }) => conductor.setSpeed(speedAt(Number(currentTarget.value)))}
        />
      </label>
      <button
        type="button"
        class="button"
        aria-label="Faster"
        onClick={() => conductor.setSpeed(speed * 2)}
      >
        +
      </button>
      <span class="speed" title={behind ? `Asked for ${speedText(speed)}` : undefined}>
        {behind ? "as fast as it can" : speedText(speed)}
      </span>
    </>
  );
}

function Jump({ conductor }: { conductor: Conductor }) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState("");
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = parseQuantity(text.trim(), "duration");
        setWrong(wanted.ok ? "" : `${wanted.what}: ${wanted.would}`);
        if (wanted.ok) void conductor.seek(wanted.value);
      }}
    >
      <label>
        Jump to
        <input
          class="field"
          size={7}
          placeholder="90s"
          value={text}
          aria-invalid={wrong !== ""}
          aria-describedby={wrong === "" ? undefined : "jump-wrong"}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <button type="submit" class="button">
        Go
      </button>
      {wrong === "" ? null : (
        <span id="jump-wrong" role="alert">
          {wrong}
        </span>
      )}
    </form>
  );
}

function Clock({ conductor }: { conductor: Conductor }) {
  const opened = useStore(conductor.page, (page) => page.opened);
  const frame = useStore(conductor.live, (live) => live.frame);
  const durationMs = opened?.durationMs;
  const nowMs = frame?.nowMs ?? 0;
  // Tenths of ms while one looks at single requests, tenths of s later.
  const grain = nowMs < 10_000 ? 0.1 : 100;
  const seeking = useStore(conductor.page, (page) => page.seeking);
  if (seeking !== null) {
    return <progress class="clock" aria-label="Running to that time" value={seeking} max={1} />;
  }
  return (
    <span class="clock">
      <output aria-label="Simulated time" aria-live="off">
        {clock(Math.round(nowMs / grain) * grain)}
      </output>
      {durationMs == null ? "" : ` of ${clock(durationMs)}`}
    </span>
  );
}

/**
 * The whole run as a slider; marks above it are its events, those made by hand in another colour.
 */
function Timeline({ conductor }: { conductor: Conductor }) {
  const opened = useStore(conductor.page, (page) => page.opened);
  const events = useStore(conductor.page, (page) => page.events);
  const frame = useStore(conductor.live, (live) => live.frame);
  const nowMs = frame?.nowMs ?? 0;
  const last = events.at(-1)?.atMs ?? 0;
  const wholeMs = opened?.durationMs ?? Math.max(10_000, nowMs * 1.25, last * 1.1);
  const marked = events.filter(({ atMs }) => atMs <= wholeMs);
  return (
    <div class="timeline">
      <div class="marks" aria-hidden="true">
        {marked.map(({ atMs, sentence, touched }, i) => (
          <span
            key={i}
            class={touched ? "mark touch" : "mark"}
            title={`${clock(atMs)}: ${sentence}`}
            style={{ left: `${(100 * atMs) / wholeMs}%` }}
          />
        ))}
      </div>
      <input
        type="range"
        aria-label="Time of the run"
        min={0}
        max={wholeMs}
        step={wholeMs / 1000}
        value={nowMs}
        aria-valuetext={`${clock(Math.round(nowMs))} of ${clock(wholeMs)}`}
        onChange={({ currentTarget }) => conductor.seek(Number(currentTarget.value))}
      />
    </div>
  );
}
