import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', './test/support/closing-line.ts'],
    // not threads: a worker thread closes descriptors at its end that a socket has taken over and closed already
    pool: 'forks',
    // more than the cores that machines for tests have: most of a test is waiting
    maxWorkers: 3,
    // machines that run many checks at once are slow at times: what fails there once more has failed
    retry: process.env.CI ? 2 : 0,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
