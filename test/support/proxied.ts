// Runs whose programs are spoken with through the server.
import { jobServer } from './jobs.js';
import { running, until } from './restarts.js';
import type { TestServer } from './server.js';

export const noMessage = { input_adapter: { input_type: 'none' } };
export const webServer = { exec: 'python3', argv: ['-c', jobServer.toString(), '${port}'], ...noMessage };

/** The path of a run whose program answers. */
export async function serving(server: TestServer, definition: object): Promise<string> {
  const path = await running(server, definition);
  await until(
    () => server.send({ path: `${path}http/` }),
    ({ status }) => status === 200,
  );
  return path;
}
