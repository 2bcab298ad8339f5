/** What the page knows, in one store; live figures, which change with each frame, in a second. */
import type {
  EventFacts,
  Followed,
  Frame,
  LaneOrder,
  NodeFacts,
  Opened,
  ProblemFacts,
  Saved,
} from "./engine/protocol.ts";
import { type Store, storeOf } from "./state.ts";

export interface Source {
  readonly text: string;
  /** File name: `flagship.yaml`. */
  readonly name: string;
  readonly lanes: readonly LaneOrder[];
  readonly files?: Readonly<Record<string, string>> | undefined;
}

export type Selection =
  | { readonly kind: "node"; readonly lane: number; readonly id: number }
  | { readonly kind: "region"; readonly lane: number; readonly id: number };

export type Drawer = "none" | "gallery" | "editor" | "tour" | "lanes" | "table";

export interface Page {
  /** What is open, as it was read; null before the first. */
  readonly source: Source | null;
  readonly opened: Opened | null;
  /** Nodes by lane. */
  readonly trees: readonly (readonly NodeFacts[])[];
  readonly events: readonly EventFacts[];
  readonly playing: boolean;
  /** Simulated ms per ms. */
  readonly speed: number;
  /** The engine does not keep that speed. */
  readonly behind: boolean;
  /** A seek under way: how far it is, 0..1. */
  readonly seeking: number | null;
  readonly selected: Selection | null;
  /** Of the last text that could not be opened, or the last touch that made no sense. */
  readonly problems: readonly ProblemFacts[];
  readonly refused: "text" | "touch" | "link";
  readonly following: { readonly lane: number; readonly news: Followed | null } | null;
  readonly saved: Saved | null;
  readonly drawer: Drawer;
  /** Said to screen readers, and shown. */
  readonly said: string;
  readonly failed: string | null;
}

export const FIRST_PAGE: Page = {
  source: null,
  opened: null,
  trees: [],
  events: [],
  playing: false,
  speed: 0.05,
  behind: false,
  seeking: null,
  selected: null,
  problems: [],
  refused: "text",
  following: null,
  saved: null,
  drawer: "none",
  said: "",
  failed: null,
};

export interface Live {
  readonly frame: Frame | null;
}

export type PageStore = Store<Page>;
export type LiveStore = Store<Live>;
export const pageStore = (): PageStore => storeOf(FIRST_PAGE);
export const liveStore = (): LiveStore => storeOf<Live>({ frame: null });
