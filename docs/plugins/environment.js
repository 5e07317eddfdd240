// An input adapter: the message is the value of ${message}, as for an environment variable. PLUGINS=docs/plugins/environment.js
import { Buffer } from 'node:buffer';
import { createReadStream } from 'node:fs';

/** One argument or variable may hold 128 KiB on Linux. */
const mostBytes = 100_000;

/** @param {import('process-registry/adapters').RunContext} context */
async function textOf({ order, message }) {
  const { kind } = order.message;
  if (kind === 'inline') return Buffer.from(order.message.base64, 'base64').toString();
  if (kind === 'none') return '';
  const parts = [];
  let bytes = 0;
  for await (const part of kind === 'file' ? createReadStream(order.message.path) : message) {
    bytes += part.length;
    if (bytes > mostBytes) throw new Error(`the message has more than ${mostBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** @type {import('process-registry/adapters').AdapterPlugin} */
export default {
  input: [
    {
      type: 'environment',
      what: 'the message as the value of ${message}',
      parameters: { type: 'object', properties: { trim: { type: 'boolean', description: 'without the newlines at its end' } } },
      offers: ['message'],
      adapter: {
        async prepare(context) {
          const text = await textOf(context);
          context.values.message = context.input.parameters.trim ? text.replace(/\n+$/, '') : text;
          return 'empty';
        },
        async deliver() {},
      },
    },
  ],
};
