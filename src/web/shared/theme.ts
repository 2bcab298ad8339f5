/**
 * Light or dark: as the system says until the reader chooses. Pictures on canvases have no style
 * sheet, so they ask here for their colours and are told when to draw again.
 */
import { useEffect, useState } from "preact/hooks";

export type Theme = "light" | "dark";

const system = (): Theme =>
  window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";

let chosen: Theme | null = null;
let printing = false;
const listeners = new Set<() => void>();

/** Paper is light, whatever the screen is. */
export const currentTheme = (): Theme => (printing ? "light" : (chosen ?? system()));

function apply(): void {
  document.documentElement.dataset["theme"] = currentTheme();
  for (const listener of listeners) listener();
}

export function chooseTheme(theme: Theme): void {
  chosen = theme;
  apply();
}

/** To be called once, before the first picture is drawn. */
export function startTheme(): void {
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", apply);
  window.addEventListener("beforeprint", () => {
    printing = true;
    apply();
  });
  window.addEventListener("afterprint", () => {
    printing = false;
    apply();
  });
  apply();
}

/** Calls back after each change; returns what ends that. */
export function onTheme(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The theme in force; the component is drawn anew when it changes. */
export function useTheme(): Theme {
  const [theme, setTheme] = useState(currentTheme);
  useEffect(() => onTheme(() => setTheme(currentTheme())), []);
  return theme;
}

/** A token of theme.css in the theme in force: `token("--ink")`. */
export const token = (name: `--${string}`): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();
