// Loaded into a server by --import: ends it by SIGKILL at one point of a run's way, the KILL_AFTER-th time that it comes there once runs are requested.
import { Server, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';

const { KILL_POINT: point } = process.env;
let left = Number(process.env.KILL_AFTER);
let armed = false;

function pass(name) {
  if (armed && name === point && --left <= 0) process.kill(process.pid, 'SIGKILL');
}

/** Passes one point before the method of the class, and another after it. `concerns`: whether the call is meant. */
function around(prototype, method, { before, after, concerns }) {
  const original = prototype[method];
  prototype[method] = function (...call) {
    const meant = concerns(this, ...call);
    if (meant) pass(before);
    const result = original.apply(this, call);
    if (meant) pass(after);
    return result;
  };
}

const emit = Server.prototype.emit;
Server.prototype.emit = function (event, ...more) {
  if (event === 'request' && more[0].url.includes('/execute/')) armed = true;
  return emit.call(this, event, ...more);
};

const Database = createRequire(import.meta.url)('better-sqlite3');
const prepare = Database.prototype.prepare;
Database.prototype.prepare = function (sql) {
  const statement = prepare.call(this, sql);
  if (!/^(INSERT|UPDATE|COMMIT)/i.test(sql)) return statement;
  const isCommit = /^COMMIT/i.test(sql);
  around(statement, 'run', {
    before: isCommit ? 'before-commit' : 'before-write',
    after: isCommit ? 'after-commit' : 'after-write',
    concerns: () => true,
  });
  return statement;
};

around(ServerResponse.prototype, 'end', { before: 'before-answer', after: 'after-answer', concerns: () => true });

/** A frame that orders a start: its length, then the word. */
const isStart = (bytes) => Buffer.isBuffer(bytes) && bytes.subarray(4, 10).equals(Buffer.from('start\0'));
around(Socket.prototype, 'write', { before: 'before-launch', after: 'after-launch', concerns: (_socket, bytes) => isStart(bytes) });
