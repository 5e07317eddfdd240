// Preloaded by a server under test: every statement that it sends to its database goes to the file STATEMENTS, one JSON text a line.
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const known = new Set();

function note(sql) {
  if (known.has(sql)) return;
  known.add(sql);
  appendFileSync(process.env.STATEMENTS, `${JSON.stringify(sql)}\n`);
}

const { prototype } = require('better-sqlite3');
const { prepare } = prototype;
prototype.prepare = function noted(sql) {
  note(sql);
  return prepare.call(this, sql);
};

const Connection = require(join(dirname(require.resolve('mysql2')), 'lib/base/connection.js'));
const { query } = Connection.prototype;
Connection.prototype.query = function noted(sql, values, ...more) {
  if (typeof sql === 'string') note(this.format(sql, Array.isArray(values) ? values : []));
  return query.call(this, sql, values, ...more);
};
