// A TCP proxy before a server that writes down the first line of each request, whoever in a browser has sent it: tabs, frames or workers.
import { connect, createServer } from 'node:net';

export interface RecordingProxy {
  url: string;
  /** `GET /api/run/?limit=1` */
  requests: string[];
  close: () => void;
}

export async function recordRequests(url: string): Promise<RecordingProxy> {
  const requests: string[] = [];
  const { hostname, port } = new URL(url);
  const server = createServer((incoming) => {
    const outgoing = connect(Number(port), hostname);
    const end = () => {
      incoming.destroy();
      outgoing.destroy();
    };
    for (const socket of [incoming, outgoing]) socket.on('error', end).on('close', end);
    incoming.on('data', (chunk) => requests.push(...linesOf(chunk.toString('latin1'))));
    incoming.pipe(outgoing).pipe(incoming);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${own}`, requests, close: () => server.close() };
}

function linesOf(text: string): string[] {
  return [...text.matchAll(/^([A-Z]+ \/\S*) HTTP\/1\.1\r$/gm)].map(([, line]) => line);
}
