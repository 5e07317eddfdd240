// The peer of the bench `crud`, a minimal registry in Node: Fastify and prepared statements, without login and checks.
import Database from 'better-sqlite3';
import { fastify } from 'fastify';

const [file, synchronous] = process.argv.slice(2);
const base = '/api/process_definition/';

const database = new Database(file);
database.pragma('busy_timeout = 5000');
database.pragma('journal_mode = WAL');
database.pragma(`synchronous = ${synchronous}`);
database.pragma('cache_size = -65536');

const one = database.prepare('SELECT id, definition FROM process_definition WHERE id = ?');
const count = database.prepare('SELECT COUNT(*) FROM process_definition').pluck();
const forward = database.prepare('SELECT id, definition FROM process_definition ORDER BY id LIMIT ? OFFSET ?');
const backward = database.prepare('SELECT id, definition FROM process_definition ORDER BY id DESC LIMIT ? OFFSET ?');
const insert = database.prepare(
  `INSERT INTO process_definition (owner_id, name, exec, application, process_type, shared, definition, revision, updated_at)
   VALUES (1, ?, ?, ?, ?, 0, ?, 1, ?)`,
);

const render = ({ id, definition }) => `{"definition": ${definition}, "id": ${id}, "resource_uri": "${base}${id}/"}`;
const link = (limit, offset) => `${base}?limit=${limit}&offset=${offset}`;

/** As in our server, a page in the second half is read from the end. */
function pageOf(limit, offset, total) {
  const length = Math.min(limit, total - offset);
  if (length <= 0) return [];
  return offset > total / 2 ? backward.all(length, total - offset - length).reverse() : forward.all(length, offset);
}

function list({ limit: limitText = '20', offset: offsetText = '0' }) {
  const [limit, offset, total] = [Number(limitText), Number(offsetText), count.get()];
  const next = offset + limit < total ? link(limit, offset + limit) : null;
  const previous = offset - limit >= 0 ? link(limit, offset - limit) : null;
  const meta = JSON.stringify({ limit, next, offset, previous, total_count: total });
  return `{"meta": ${meta}, "objects": [${pageOf(limit, offset, total).map(render).join(', ')}]}`;
}

function create({ definition }) {
  const { name = null, exec, application = 'host', process_type: type = 'single' } = definition;
  return insert.run(name, exec, application, type, JSON.stringify(definition), Date.now()).lastInsertRowid;
}

const server = fastify();
server.get(base, (request, reply) => reply.type('application/json').send(list(request.query)));
server.get(`${base}:id/`, (request, reply) => reply.type('application/json').send(render(one.get(request.params.id))));
server.post(base, (request, reply) =>
  reply
    .code(201)
    .header('location', `${base}${create(request.body)}/`)
    .send(),
);

console.log(`listening on ${await server.listen({ host: '127.0.0.1', port: 0 })}`);
