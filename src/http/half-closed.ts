// A caller that ends its half of the connection before its answer has begun waits for it (nc -N); later it has gone.
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** When such a caller is asked again whether it is there: a refusal shows only at the next question. The last pause is repeated. */
const askPausesMs = [100, 400, 2000];

/**
 * That a caller ends its half says nothing: it may have closed all of the connection, or wait for the answer. It is asked by an interim
 * answer (102, RFC 2518; any client of HTTP/1.1 reads over it): the system of a caller that has gone refuses that, and the connection is
 * closed. Nothing can be said that way once the answer has begun.
 */
export function answerHalfClosed(server: Server): void {
  const answers = new WeakMap<Socket, ServerResponse>();
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on('request', (request, response) => answers.set(request.socket, response));
  const watched = new WeakSet<Socket>();
  // one whose request is read again comes in anew
  const watch = (socket: Socket) => {
    if (watched.has(socket)) return;
    watched.add(socket);
    socket.once('end', () => halfClosed(answers.get(socket)));
  };
  server.on('connection', watch);
  server.on('secureConnection', watch);
}

function halfClosed(answer: ServerResponse | undefined): void {
  if (!answer || answer.destroyed || answer.writableEnded) return;
  if (answer.headersSent) {
    answer.destroy();
    return;
  }
  let timer: NodeJS.Timeout | undefined;
  const ask = ([pauseMs, ...later]: number[]) => {
    if (answer.headersSent || answer.destroyed || answer.req.httpVersion !== '1.1') return;
    answer.writeProcessing();
    timer = setTimeout(() => ask(later.length > 0 ? later : [pauseMs]), pauseMs);
  };
  ask(askPausesMs);
  answer.once('close', () => clearTimeout(timer));
}
