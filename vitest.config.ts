import { defineConfig } from 'vitest/config';
import { fast, long, release } from './test/suites.js';

/** TEST_SUITE: fast, long, release, all; else what npm test runs. */
const { TEST_SUITE: suite = 'usual', CI } = process.env;
const include = { fast, long, release }[suite] ?? ['test/**/*.test.ts'];
const exclude = suite === 'usual' ? ['**/node_modules/**', ...long, ...release] : ['**/node_modules/**'];

export default defineConfig({
  test: {
    include,
    exclude,
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', './test/support/closing-line.ts'],
    // not threads: a worker thread closes descriptors at its end that a socket has taken over and closed already
    pool: 'forks',
    // more than the cores that machines for tests have: most of a test is waiting, and most of a long one even more so
    maxWorkers: suite === 'long' ? 5 : 4,
    // machines that run many checks at once are slow at times: what fails there once more has failed
    retry: CI ? 2 : 0,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
