// The worker thread that checks values against users' JSON Schemas: what it does may take long, or all of its memory, and never the server's.
import { parentPort } from 'node:worker_threads';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { compileSchema } from './compile-schema.js';
import type { FaultList } from './faults.js';
import { faultsOf } from './schema-faults.js';

/** `value` undefined: the schema itself is compiled. Both as JSON text. */
export interface SchemaTask {
  schema: string;
  value?: string;
}

/** `values`: completed and coerced, as JSON text; `fault`: what is wrong with the schema, or with all of it and these values. */
export type SchemaAnswer = { done: true } | { values: string } | { list: FaultList } | { fault: string };

/** `usedMs`: of the processor's time, by this thread since its start; undefined where Node cannot say. */
export interface ThreadMessage {
  answer: SchemaAnswer;
  usedMs: number | undefined;
}

/** Of the schemas that are remembered, as JSON text. */
const rememberedBound = 256 * 1024;
/** What defaults may make of a value. */
const valuesBound = 4 * 2 ** 20;

const remembered = new Map<string, ValidateFunction>();
let rememberedLength = 0;

function remember(schema: string): ValidateFunction {
  const known = remembered.get(schema);
  if (known) return known;
  const validate = compileSchema(JSON.parse(schema));
  for (const [oldest] of remembered) {
    if (rememberedLength + schema.length <= rememberedBound) break;
    remembered.delete(oldest);
    rememberedLength -= oldest.length;
  }
  remembered.set(schema, validate);
  rememberedLength += schema.length;
  return validate;
}

function answer({ schema, value }: SchemaTask): SchemaAnswer {
  try {
    const validate = remember(schema);
    if (value === undefined) return { done: true };
    const data = JSON.parse(value);
    if (!validate(data)) return { list: faultsOf(validate.errors ?? [], '') };
    const values = JSON.stringify(data);
    return values.length > valuesBound
      ? { fault: `makes more than ${valuesBound} characters of these values, by its defaults` }
      : { values };
  } catch (error) {
    const isDeep = error instanceof RangeError && /call stack/.test(error.message);
    if (isDeep) return { fault: value === undefined ? 'is nested too deeply, or leads back to itself' : 'goes too deep for these values' };
    return { fault: `is not a valid JSON Schema: ${(error as Error).message}` };
  }
}

function say(one: SchemaAnswer): void {
  const used = (process as Partial<Pick<NodeJS.Process, 'threadCpuUsage'>>).threadCpuUsage?.();
  parentPort?.postMessage({ answer: one, usedMs: used && (used.user + used.system) / 1000 } satisfies ThreadMessage);
}

parentPort?.on('message', (task: SchemaTask) => say(answer(task)));
say({ done: true });
