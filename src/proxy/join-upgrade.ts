// A WebSocket to a program: once the program has accepted it, the two connections are joined and their data is not inspected.
import { type IncomingMessage, request as openRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { takeUpgrade } from '../http/upgrade.js';
import { CodedError } from '../model/coded-error.js';
import type { ProgramAddress } from './forward-request.js';
import { goesToCaller, headersForProgram } from './forwarded-headers.js';

interface Taken {
  answer: IncomingMessage;
  socket: Socket;
  head: Buffer;
}

/** Throws upgrade_refused, and the error of the connection; then no response has been sent to the caller. */
export async function joinUpgrade(request: FastifyRequest, reply: FastifyReply, address: ProgramAddress): Promise<void> {
  const program = await ask(request, address);
  const caller = takeUpgrade(request, reply, (socket) => socket.destroySoon());
  if (caller.socket.destroyed) return void program.socket.destroy();
  caller.socket.write(switching(program.answer));
  caller.socket.write(program.head);
  program.socket.write(caller.head);
  join(program.socket, caller.socket);
  join(caller.socket, program.socket);
}

function ask(request: FastifyRequest, { host, port, path, prefix }: ProgramAddress): Promise<Taken> {
  const asking = openRequest({ host, port, path, headers: headersForProgram(request, prefix), agent: false });
  const leave = () => asking.destroy();
  request.raw.socket.once('close', leave);
  return new Promise<Taken>((resolve, reject) => {
    asking.once('upgrade', (answer: IncomingMessage, socket: Socket, head: Buffer) => resolve({ answer, socket, head }));
    asking.once('response', (answer) => {
      asking.destroy();
      reject(new CodedError('upgrade_refused', `the program answered the WebSocket request with the status ${answer.statusCode}`));
    });
    asking.on('error', reject).end();
  }).finally(() => request.raw.socket.off('close', leave));
}

/** The response of the program, without headers that would apply to this whole origin, such as cookies. */
function switching({ rawHeaders, headers: { connection } }: IncomingMessage): Buffer {
  const lines = ['HTTP/1.1 101 Switching Protocols'];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at].toLowerCase();
    const switches = name === 'connection' || name === 'upgrade';
    if (switches || (name !== 'set-cookie' && goesToCaller(name, connection))) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** Joins one direction, at the speed of the receiver. */
function join(from: Socket, to: Socket): void {
  from.setTimeout(0);
  from.setNoDelay(true);
  from.on('error', () => {}).once('close', () => to.destroySoon());
  from.pipe(to);
}
