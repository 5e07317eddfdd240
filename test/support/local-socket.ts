// Requests through a server's own socket, as `curl --unix-socket` makes them.
import { request } from 'node:http';
import { join } from 'node:path';

export interface LocalAnswer {
  status: number;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  json: any;
}

export const socketOf = (dataDir: string) => join(dataDir, 'server.sock');

export interface LocallySent {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: object;
}

export function sendLocally(socketPath: string, { method = 'GET', path, headers = {}, body }: LocallySent): Promise<LocalAnswer> {
  const type = body && { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, method, path, headers: { ...type, ...headers }, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      answer.once('error', reject).once('end', () => {
        const read = { status: answer.statusCode ?? 0, text };
        resolve(Object.defineProperty(read as LocalAnswer, 'json', { get: () => JSON.parse(text) }));
      });
    });
    asking.once('error', reject).end(body && JSON.stringify(body));
  });
}
