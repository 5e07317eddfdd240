// A proxy that adds a login to each request, for clients that can send none; everything else passes as it is, the Host too.
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export async function authorizingProxy(target: string, authorization: string): Promise<{ url: string; close: () => void }> {
  const server = createServer((incoming, response) => {
    const { method, url, headers } = incoming;
    const outgoing = request(new URL(target), { method, path: url, headers: { ...headers, authorization }, setHost: false, agent: false });
    outgoing.on('error', () => response.destroy());
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode as number, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(outgoing);
    response.on('close', () => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
