// HTTP as it is on the wire: only the headers that a test names, and every byte of the answer.
import { type IncomingHttpHeaders, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Readable } from 'node:stream';

export interface Sent {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  /** user:password, for Basic. */
  login?: string;
  /** The certificate that an https server must have. */
  ca?: string;
  /** A value that is neither text nor bytes nor a stream is sent as JSON. */
  body?: unknown;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  trailers: NodeJS.Dict<string>;
  bytes: Buffer;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  json: any;
}

export function send(url: string, { method = 'GET', path, headers = {}, login, body, ca }: Sent): Promise<Answer> {
  const { raw, type } = rawBody(body);
  const sent: Record<string, string> = { ...(type && { 'content-type': type }), ...headers };
  if (login) sent.authorization = `Basic ${Buffer.from(login).toString('base64')}`;
  if (Buffer.isBuffer(raw)) sent['content-length'] = String(raw.length);
  return new Promise((resolve, reject) => {
    const ask = url.startsWith('https:') ? secureRequest : request;
    const outgoing = ask(new URL(url), { method, path, headers: sent, agent: false, ca });
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', reject);
      incoming.once('end', () => {
        const bytes = Buffer.concat(chunks);
        const { statusCode = 0, headers: received, trailers } = incoming;
        const answer = { status: statusCode, headers: received, trailers, bytes, text: bytes.toString() };
        resolve(Object.defineProperty(answer as Answer, 'json', { get: () => JSON.parse(bytes.toString()) }));
      });
    });
    if (raw === undefined || Buffer.isBuffer(raw)) outgoing.end(raw);
    else (raw as Readable).pipe(outgoing);
  });
}

function rawBody(body: unknown): { raw?: Buffer | Readable; type?: string } {
  if (body === undefined) return {};
  if (typeof body === 'string') return { raw: Buffer.from(body) };
  if (Buffer.isBuffer(body)) return { raw: body };
  if (typeof (body as Readable).pipe === 'function') return { raw: body as Readable };
  return { raw: Buffer.from(JSON.stringify(body)), type: 'application/json' };
}

/** A form with these parts, as a browser would send it. */
export async function multipart(parts: [string, string | File][]): Promise<Pick<Sent, 'body' | 'headers'>> {
  const form = new FormData();
  for (const [name, value] of parts) form.append(name, value);
  const encoded = new Response(form);
  return { body: Buffer.from(await encoded.arrayBuffer()), headers: { 'content-type': encoded.headers.get('content-type') as string } };
}
