import type { Fields, Settings, SettingsOf } from "../definition.ts";

/**
 * The settings of an entry with these fields; of an entry of unknown fields, as a registry sees it,
 * any that the reader checked.
 */
export type SettingsFor<F extends Fields> = string extends keyof F ? Settings : SettingsOf<F>;
