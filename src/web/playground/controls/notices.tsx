/** What went wrong, in the page's own words: the last good scenario runs on. */
import type { Conductor } from "../conductor.ts";
import { useStore } from "../state.ts";

const HEADS = {
  text: "This scenario cannot be opened; what was open runs on.",
  touch: "That touch cannot be made: with it the scenario would not hold together.",
  link: "The link cannot be opened.",
} as const;

const headOf = (refused: keyof typeof HEADS, shown: string | undefined): string =>
  refused === "link" && shown !== undefined
    ? `The link cannot be opened; ${shown} is shown instead.`
    : HEADS[refused];

export function Notices({ conductor }: { conductor: Conductor }) {
  const problems = useStore(conductor.page, (page) => page.problems);
  const refused = useStore(conductor.page, (page) => page.refused);
  const shown = useStore(conductor.page, ({ opened }) => opened?.name);
  const failed = useStore(conductor.page, (page) => page.failed);
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length === 0 && failed === null) return null;
  return (
    <div class="notice" role="alert">
      {failed ?? headOf(refused, shown)}
      <ul>
        {errors.slice(0, 5).map(({ line, column, message, fix }, i) => (
          <li key={i}>
            {line > 0 ? `${line}:${column}: ` : ""}
            {message}
            {fix === "" ? "" : `, ${fix}`}
          </li>
        ))}
      </ul>
      <button
        type="button"
        class="button"
        onClick={() => conductor.page.set({ problems: [], failed: null })}
      >
        All right
      </button>
    </div>
  );
}
