// Unit, property and integration tests. Files run in forks, two at a time: several of them start a real Postgres.
// The benches come when all others are done: they take both cores, and others have their time limits.
import { defineConfig } from 'vitest/config'

const BENCHES = 'tests/bench/**/*.test.ts'

export default defineConfig({
  test: {
    globalSetup: ['tests/support/global-database.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // For what hangs, not for what is slow: the machine may be busy.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: ['tests/**/*.test.ts'],
          exclude: [BENCHES, 'tests/e2e/**', 'tests/fixtures/**', '**/node_modules/**'],
        },
      },
      {
        extends: true,
        test: { name: 'benches', include: [BENCHES], sequence: { groupOrder: 1 } },
      },
    ],
  },
})
