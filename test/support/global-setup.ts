// Before all tests: one private MariaDB. After them: gone.
import type { TestProject } from 'vitest/node';
import { startMariaDb } from './mariadb.js';

declare module 'vitest' {
  export interface ProvidedContext {
    mariaDbPort: number;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { port, stop } = await startMariaDb();
  project.provide('mariaDbPort', port);
  return stop;
}
