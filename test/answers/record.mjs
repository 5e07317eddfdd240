// Loaded into a tested server (RECORD_ANSWERS=folder npm test): appends every HTTP answer that it gives to a file of that folder.
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { ServerResponse } from 'node:http';
import { join } from 'node:path';

const file = join(process.env.RECORD_ANSWERS, `${process.pid}-${Date.now()}.ndjson`);
const longest = 64 * 1024;
const bodies = new WeakMap();

const { write, end, writeHead } = ServerResponse.prototype;
/** Headers that go out without being set before: Fastify hands all of them to writeHead. */
const heads = new WeakMap();
ServerResponse.prototype.writeHead = function (status, ...more) {
  const headers = more.find((one) => typeof one === 'object' && one !== null);
  if (headers && !Array.isArray(headers)) heads.set(this, headers);
  return writeHead.call(this, status, ...more);
};
ServerResponse.prototype.write = function (chunk, ...more) {
  keep(this, chunk, more[0]);
  return write.call(this, chunk, ...more);
};
ServerResponse.prototype.end = function (chunk, ...more) {
  if (chunk && typeof chunk !== 'function') keep(this, chunk, more[0]);
  this.once('close', () => record(this));
  return end.call(this, chunk, ...more);
};

function keep(response, chunk, encoding) {
  const body = bodies.get(response) ?? { chunks: [], length: 0, digest: createHash('sha256') };
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8') : chunk;
  body.length += bytes.length;
  body.digest.update(bytes);
  if (body.length <= longest) body.chunks.push(Buffer.from(bytes));
  bodies.set(response, body);
}

function record(response) {
  const { method, url } = response.req;
  const { chunks = [], length = 0, digest } = bodies.get(response) ?? {};
  const body = length <= longest ? Buffer.concat(chunks).toString('latin1') : `${length} bytes, ${digest.copy().digest('hex')}`;
  const headers = Object.entries({ ...response.getHeaders(), ...heads.get(response) }).map(([name, value]) => [name.toLowerCase(), value]);
  appendFileSync(file, `${JSON.stringify({ method, url, status: response.statusCode, headers, body })}\n`);
}
