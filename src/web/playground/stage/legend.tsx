/** What shapes and colours on the stage mean. */
import { useTheme } from "../../shared/theme.ts";
import type { Conductor } from "../conductor.ts";
import { useStore } from "../state.ts";
import type { NodeFacts } from "../engine/protocol.ts";
import { palettes } from "./palette.ts";

/** Signs that mean nothing where nothing is cached. */
const OF_CACHES = new Set(["hit", "miss"]);
/** And one that means nothing where only balancers cache. */
const OF_MACHINES = "cache: filled, hit rate";

const isCaching = ({ cached, cachesResponses }: NodeFacts): boolean => cached || cachesResponses;

export function Legend({ conductor }: { conductor: Conductor }) {
  const palette = palettes[useTheme()];
  const trees = useStore(conductor.page, (page) => page.trees);
  const cached = trees.some((nodes) => nodes.some(isCaching));
  const machines = trees.some((nodes) => nodes.some((node) => node.cached));
  const entries = [
    { text: "hit", mark: <circle cx="7" cy="7" r="4.5" fill={palette.hit} /> },
    { text: "miss", mark: <path d="M7 1.5 12.5 7 7 12.5 1.5 7Z" fill={palette.miss} /> },
    {
      text: "failed",
      mark: <path d="M3 3 11 11M11 3 3 11" stroke={palette.failed} stroke-width="2.6" />,
    },
    { text: "retry", mark: <path d="M7 2 12 11.5H2Z" fill={palette.retry} /> },
    {
      text: cached ? "on its way" : "request",
      mark: <circle cx="7" cy="7" r="3.2" fill={palette.plain} />,
    },
    { text: "busy core", mark: <rect x="2" y="2" width="10" height="10" fill={palette.busy} /> },
    {
      text: "queue, each bar doubles it",
      mark: <path d="M3 12H11M3 8.5H11M3 5H11" stroke={palette.queue} stroke-width="2.4" />,
    },
    {
      text: OF_MACHINES,
      mark: (
        <>
          <rect x="0" y="5" width="14" height="5" fill={palette.cacheFill} />
          <rect x="0" y="6" width="9" height="4" fill={palette.cacheHit} />
        </>
      ),
    },
    {
      text: "believed wrongly",
      mark: (
        <rect
          x="2"
          y="2"
          width="10"
          height="10"
          fill="none"
          stroke={palette.miss}
          stroke-width="2"
        />
      ),
    },
  ];
  const shown = entries.filter(({ text }) =>
    text === OF_MACHINES ? machines : cached || !OF_CACHES.has(text),
  );
  return (
    <ul class="legend" aria-label="Legend">
      {shown.map(({ text, mark }) => (
        <li key={text}>
          <svg viewBox="0 0 14 14" aria-hidden="true">
            {mark}
          </svg>
          {text}
        </li>
      ))}
    </ul>
  );
}
