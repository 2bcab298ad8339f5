/** Plays without a page: orders in, answers out, in this process. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type {
  Answer,
  Frame,
  LaneOrder,
  NumberedOrder,
  Order,
  Saved,
  Touch,
} from "../../src/web/playground/engine/protocol.ts";
import { Session } from "../../src/web/playground/engine/session.ts";

/** Every scenario of the gallery, by file name. */
export const gallery: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync("scenarios")
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => [name, readFileSync(join("scenarios", name), "utf8")]),
);

type Named<K extends Answer["kind"]> = Extract<Answer, { readonly kind: K }>;

/** One page's worth of an engine. */
export class Player {
  /** All that was ever answered. */
  readonly answers: Answer[] = [];
  private orders = 0;
  private readonly session: Session;
  /** Called at each pause of a long order. */
  onPause: () => void = () => {};

  constructor() {
    this.session = new Session({
      // As a message would be: a copy, and only of what can be cloned.
      post: (answer) => this.answers.push(structuredClone(answer)),
      now: () => performance.now(),
      pause: () => {
        this.onPause();
        return Promise.resolve();
      },
    });
  }

  /** What one order was answered with, in order. */
  async send(order: Order): Promise<Answer[]> {
    const numbered: NumberedOrder = { ...order, order: ++this.orders };
    await this.session.receive(numbered);
    return this.answers.filter(({ re }) => re === numbered.order);
  }

  /** The one answer of that kind; an error with what came instead. */
  async ask<K extends Answer["kind"]>(kind: K, order: Order): Promise<Named<K>> {
    const answers = await this.send(order);
    const found = answers.find((answer): answer is Named<K> => answer.kind === kind);
    if (found === undefined) throw new Error(`instead of ${kind}: ${JSON.stringify(answers)}`);
    return found;
  }

  open(name: string, text: string, lanes: readonly LaneOrder[] = []): Promise<Named<"opened">> {
    return this.ask("opened", { kind: "open", text, name, lanes, files: gallery });
  }

  to(toMs: number): Promise<Frame> {
    return this.ask("frame", { kind: "advance", toMs, maxWallMs: Infinity });
  }

  touch(touch: Touch, lane?: number): Promise<Frame> {
    return this.ask("frame", { kind: "touch", touch, ...(lane === undefined ? {} : { lane }) });
  }

  seek(toMs: number): Promise<Frame> {
    return this.ask("frame", { kind: "seek", toMs });
  }

  save(lane = 0): Promise<Saved> {
    return this.ask("saved", { kind: "save", lane });
  }
}
