import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/programs/installed.ts"],
    testTimeout: 120_000,
  },
});
