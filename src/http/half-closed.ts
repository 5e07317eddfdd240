// Keeps the connection of a caller that ends its half before the response has begun (nc -N); a caller that does so later has gone away.
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The pauses before such a caller is asked again whether it is there: a refusal only shows at the next question. The last pause is repeated. */
const askPausesMs = [100, 400, 2000];

/**
 * A caller that ends its half may have closed the whole connection, or may wait for the response. The caller is asked by an interim
 * response (102, RFC 2518; every HTTP/1.1 client skips it): the system of a caller that has gone refuses the data, and the connection is
 * closed. Interim responses are not possible once the response has begun.
 */
export function answerHalfClosed(server: Server): void {
  const answers = new WeakMap<Socket, ServerResponse>();
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on('request', (request, response) => answers.set(request.socket, response));
  const watched = new WeakSet<Socket>();
  // a connection whose request is read again comes in a second time
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
