/** Closed forms that the simulator is held against: `import * as theory`. Each names its source. */
export { coefficientOfVariation, greatestOverMean, jainIndex } from "./balance.ts";
export * from "./theory/caches.ts";
export * from "./theory/many-servers.ts";
export * from "./theory/measures.ts";
export * from "./theory/single-queue.ts";
