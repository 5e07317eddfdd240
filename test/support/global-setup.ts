// Around all tests: a private MariaDB that starts when the first test asks for it, and is gone after the last.

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { TestProject } from 'vitest/node';
import { type MariaDb, startMariaDb } from './mariadb.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A client that connects here is told the port of MariaDB. */
    mariaDbStarter: number;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let started: Promise<MariaDb> | undefined;
  const starter = createServer(async (socket) => {
    socket.on('error', () => {});
    started ??= startMariaDb();
    await started.then(
      ({ port }) => socket.end(String(port)),
      (error: Error) => socket.end(error.message),
    );
  });
  await new Promise<void>((resolve) => starter.listen(0, '127.0.0.1', resolve));
  project.provide('mariaDbStarter', (starter.address() as AddressInfo).port);
  return async () => {
    starter.close();
    await (await started?.catch(() => undefined))?.stop();
  };
}
