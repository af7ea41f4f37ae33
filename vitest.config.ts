// Unit, property and integration tests. Files run in forks, two at a time: several of them start a real Postgres.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/e2e/**', 'tests/fixtures/**', '**/node_modules/**'],
    globalSetup: ['tests/support/global-database.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // For what hangs, not for what is slow: the machine may be busy.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
