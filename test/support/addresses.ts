// Where a server listens, what a client is told there, and the end of a server with its run.
import { send } from './http.js';
import type { TestServer } from './server.js';

export const portOf = ({ url }: TestServer) => Number(new URL(url).port);

/** What a client is told that connects now, by IPv4 and by IPv6. */
export const asked = (port: number) =>
  Promise.all(
    ['127.0.0.1', '[::1]'].map((host) =>
      send(`http://${host}:${port}`, { path: '/api/me/', login: 'admin:secret' }).then(
        ({ status }) => String(status),
        ({ code }) => code as string,
      ),
    ),
  );

/** The run first. */
export async function end(server: TestServer, run: string) {
  await server.send({ method: 'POST', path: `${run}stop/` });
  await server.stop();
}
