// Forwards one request through this server to a program and the response back: streamed, with the address unchanged.
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createProxyServer } from 'httpxy';
import { headAtOnce } from '../http/send-bytes.js';
import { type AnsweredPlace, headersForCaller, headersForProgram } from './forwarded-headers.js';

export interface ProgramAddress {
  host: string;
  port: number;
  /** The path and query, unchanged. */
  path: string;
  /** The part of the address before the path, after the host. */
  prefix: string;
}

/** Throws the error of the connection as long as no response was sent; later the response is cut. */
export async function forwardRequest(request: FastifyRequest, reply: FastifyReply, address: ProgramAddress): Promise<void> {
  const proxy = createProxyServer({ target: { host: address.host, port: address.port }, agent: false });
  proxy.once('proxyRes', (answer: IncomingMessage) => {
    headAtOnce(reply);
    const ours = reply.getHeaders() as OutgoingHttpHeaders;
    // what a program says of caches counts, but at an interface that says so itself
    if (answer.headers['cache-control'] && !request.routeOptions.config.noStore) delete ours['cache-control'];
    reply.hijack();
    for (const [name, value] of Object.entries(ours)) reply.raw.setHeader(name, value as string);
    answer.headers = headersForCaller(answer.headers, ours, answeredPlace(request, address)) as IncomingMessage['headers'];
  });
  const passed = passOn(request, address, () => proxy.web(request.raw, reply.raw));
  await passed.catch((error) => {
    if (!reply.sent) throw error;
    reply.raw.destroy();
  });
}

/** The proxy reads address and headers from the request at once; afterwards they are restored for the log. */
function passOn<Result>(request: FastifyRequest, { path, prefix }: ProgramAddress, pass: () => Result): Result {
  const { raw } = request;
  const { url, headers } = raw;
  Object.assign(raw, { url: path, headers: headersForProgram(request, prefix) });
  try {
    return pass();
  } finally {
    Object.assign(raw, { url, headers });
  }
}

function answeredPlace({ headers }: FastifyRequest, { prefix, host, port }: ProgramAddress): AnsweredPlace {
  return { prefix, hosts: [String(headers.host).toLowerCase(), `${host.includes(':') ? `[${host}]` : host}:${port}`, `localhost:${port}`] };
}
