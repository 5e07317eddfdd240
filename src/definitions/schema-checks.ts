// The checks with users' JSON Schemas that are not small: one by one in a worker thread, in turn for each user.
import { BoundedThread } from '../model/bounded-thread.js';
import { TurnsOfUsers } from '../model/turns-of-users.js';
import type { SchemaAnswer, SchemaTask } from './schema-thread.js';

/** The limit of processor time for compiling a schema. */
const compileMs = 1000;
const checkMs = 250;

const thread = new BoundedThread<SchemaTask, SchemaAnswer>(new URL('./schema-thread.js', import.meta.url), 64);

/** A `fault` may also say why the check was given up, as the end of a sentence that begins with the schema. */
async function check({ schema, value }: SchemaTask): Promise<SchemaAnswer> {
  const compiled = await thread.run({ schema }, compileMs);
  if (compiled === 'time') return { fault: `takes more than ${compileMs} ms to compile` };
  if (compiled === 'memory') return { fault: 'takes too much memory to compile' };
  if (value === undefined || 'fault' in compiled) return compiled;
  const end = await thread.run({ schema, value }, checkMs);
  if (end === 'time') return { fault: `takes more than ${checkMs} ms to check these values` };
  return end === 'memory' ? { fault: 'takes too much memory to check these values' } : end;
}

function lengthOf({ schema, value = '' }: SchemaTask): number {
  return schema.length + value.length;
}

export const schemaChecks = new TurnsOfUsers(check, lengthOf);
