// Preloaded by a server of the bench `growth`: adds up the time that its own thread, or a connection, waits for the database, in the file TIMES.
import { openSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const file = openSync(process.env.TIMES, 'w');
let totalMs = 0;

function add(beganMs) {
  totalMs += performance.now() - beganMs;
  writeSync(file, String(totalMs).padEnd(24), 0);
}

const Database = require('better-sqlite3');
const memory = new Database(':memory:');
const statements = Object.getPrototypeOf(memory.prepare('SELECT 1'));
memory.close();
for (const name of ['all', 'get', 'run']) {
  const plain = statements[name];
  statements[name] = function timed(...values) {
    const beganMs = performance.now();
    try {
      return plain.apply(this, values);
    } finally {
      add(beganMs);
    }
  };
}

const { prototype } = require(join(dirname(require.resolve('mysql2')), 'lib/base/connection.js'));
const { query } = prototype;
prototype.query = function timed(...call) {
  const beganMs = performance.now();
  const command = query.apply(this, call);
  command.once?.('end', () => add(beganMs));
  return command;
};
