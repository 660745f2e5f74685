import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'libs/*/src/**/*.test.ts',
      'sandbox/src/**/*.test.ts',
      'api/src/**/*.test.ts',
      'server/{src,stories}/**/*.test.ts',
      'cli/src/**/*.test.ts',
      'checks/**/*.test.ts',
    ],
    globalSetup: ['checks/vitest-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
