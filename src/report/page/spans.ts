/** A run cut into so many points as a page can hold. */
import type { RunRecord } from "../../statistics/run-record.ts";
import { windowsOf } from "../../statistics/tally.ts";
import type { Span } from "../../statistics/tally.ts";

export interface Points {
  readonly spans: readonly Span[];
  /** One more than spans. */
  readonly edgesMs: readonly number[];
  /** Windows a span. */
  readonly gathered: number;
}

/** At most `most` spans (at least one) of equally many windows each; the last may have fewer. */
export function pointsOf(record: RunRecord, windowMs: number, most: number): Points {
  const windows = Math.ceil(record.endMs / windowMs);
  const gathered = Math.max(1, Math.ceil(windows / Math.max(1, Math.floor(most))));
  const spans = windowsOf(record, windowMs * gathered);
  const edgesMs = spans.map(({ fromMs }) => fromMs);
  return { spans, edgesMs: [...edgesMs, spans.at(-1)?.toMs ?? 0], gathered };
}
