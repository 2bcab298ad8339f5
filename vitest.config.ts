import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/programs/installed.ts"],
    testTimeout: 120_000,
    // All cores: by default one is left to others, which on two would be half of them.
    maxWorkers: "100%",
  },
});
