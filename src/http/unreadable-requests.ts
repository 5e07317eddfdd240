// Answers what cannot be read as a request, or what Node would refuse itself: with an error in the form of all others.
import { maxHeaderSize, type RequestListener, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import { CodedError } from '../model/coded-error.js';
import { statusOf } from './error-table.js';
import { problemOf } from './send-response.js';

/** For how long a caller may still send: a connection that is closed at once would lose the answer. */
const lingerMs = 1000;

/** Node notes on a socket which response is next. */
type Connection = Socket & { _httpMessage?: ServerResponse | null };
/** The error of the parser, or of a time-out. */
type Unreadable = Error & { code?: string; reason?: string };

const ignore = () => {};

/** A request without Host, or with an unknown Expect, goes to `route` like any other, and is refused there. */
export function answerUnreadable(server: Server, route: RequestListener, log: FastifyBaseLogger): void {
  const refused = new WeakSet<Socket>();
  const refuse = (socket: Connection, error: CodedError) => {
    if (refused.has(socket)) return;
    refused.add(socket);
    log.info({ status: statusOf[error.code], peer: socket.remoteAddress, error: error.message }, 'a request could not be read');
    // a response that has begun can only break off
    if (!socket.writable || socket._httpMessage?.headersSent) socket.destroy();
    else sendLast(socket, error);
  };
  Object.assign(server, { requireHostHeader: false });
  server.on('checkExpectation', route);
  server.on('connect', (_request, socket: Socket) => refuse(socket, new CodedError('method_not_allowed', 'CONNECT is for proxies')));
  // the handler that Fastify brings has another form
  server.removeAllListeners('clientError').on('clientError', (error: Unreadable, socket: Socket) => {
    if (socket.destroyed || error.code === 'ECONNRESET') socket.destroy();
    else refuse(socket, asCoded(error));
  });
}

function asCoded({ code, reason, message }: Unreadable): CodedError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new CodedError('headers_too_large', `the address and the headers have more than ${maxHeaderSize} bytes`);
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new CodedError('request_timeout', 'the head of the request did not arrive in time');
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return new CodedError('body_too_large', 'the extensions of the chunks are too large');
  if (code === 'HPE_INVALID_URL')
    return new CodedError('invalid_request', 'the address has a character that must be percent-encoded, as é is by %C3%A9');
  return new CodedError('invalid_request', `this is not a request of HTTP/1.1: ${reason ?? message}`);
}

/** Sends the error as the last response of the connection. */
function sendLast(socket: Socket, error: CodedError): void {
  const body = Buffer.from(JSON.stringify(problemOf(error)));
  const head = [
    `HTTP/1.1 ${statusOf[error.code]} ${STATUS_CODES[statusOf[error.code]]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${body.length}`,
    'X-Content-Type-Options: nosniff',
    ...(error.code === 'method_not_allowed' ? ['Allow: '] : []),
    'Connection: close',
  ];
  // the parser would stop at every further byte
  socket.removeAllListeners('data').on('data', ignore).on('error', ignore);
  socket.resume().end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]));
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
