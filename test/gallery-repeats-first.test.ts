import { repeatsResults } from "./gallery.ts";

repeatsResults(0);
