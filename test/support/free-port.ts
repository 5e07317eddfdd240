// A TCP port that nobody uses now.
import { createServer } from 'node:net';

export function freePort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Below those that Linux gives out by itself: nobody gets it by chance until it is used. */
export async function quietPort(): Promise<number> {
  const [first, count] = [20_000, 12_000];
  for (;;) {
    const port = await freePort(first + Math.floor(Math.random() * count)).catch(() => null);
    if (port) return port;
  }
}
