/** The head of the page: what is open and what it asks, and the ways to something else. */
import { chooseTheme, useTheme } from "../../shared/theme.ts";
import type { Conductor } from "../conductor.ts";
import type { Drawer } from "../page.ts";
import { useStore } from "../state.ts";

const DRAWERS: readonly { readonly drawer: Drawer; readonly text: string }[] = [
  { drawer: "gallery", text: "Scenarios" },
  { drawer: "tour", text: "Tour" },
  { drawer: "editor", text: "Edit" },
  { drawer: "lanes", text: "Lanes" },
  { drawer: "table", text: "Table" },
];

export function Head({ conductor }: { conductor: Conductor }) {
  const opened = useStore(conductor.page, (page) => page.opened);
  const drawer = useStore(conductor.page, (page) => page.drawer);
  const theme = useTheme();
  return (
    <header class="head">
      <h1>
        <span class="brand">lbsim</span> {opened?.name ?? "playground"}
      </h1>
      <nav aria-label="Page">
        {DRAWERS.map((each) => (
          <button
            key={each.drawer}
            type="button"
            class="button"
            aria-pressed={drawer === each.drawer}
            onClick={() =>
              conductor.page.set({ drawer: drawer === each.drawer ? "none" : each.drawer })
            }
          >
            {each.text}
          </button>
        ))}
        <button
          type="button"
          class="button"
          onClick={() => chooseTheme(theme === "dark" ? "light" : "dark")}
        >
          {theme === "dark" ? "Light" : "Dark"}
        </button>
      </nav>
      <p class="question" title={opened?.expectation}>
        {opened?.question}
      </p>
    </header>
  );
}
