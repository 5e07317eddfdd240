// The worker thread that checks values with users' JSON Schemas: a check may take long, or all memory of the thread, but never that of the server.
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { serveTasks } from '../model/thread-tasks.js';
import { compileSchema } from './compile-schema.js';
import type { FaultList } from './faults.js';
import { faultsOf } from './schema-faults.js';

/** `value` undefined: the schema itself is compiled. Both as JSON text. */
export interface SchemaTask {
  schema: string;
  value?: string;
}

/** `values`: completed and coerced, as JSON text; `fault`: what is wrong with the schema, or with the schema together with these values. */
export type SchemaAnswer = { done: true } | { values: string } | { list: FaultList } | { fault: string };

/** The most characters of all remembered schemas, as JSON text. */
const rememberedBound = 256 * 1024;
/** The most characters that a value may have after its defaults were filled in. */
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
      ? { fault: `expands these values to more than ${valuesBound} characters by its defaults` }
      : { values };
  } catch (error) {
    const isDeep = error instanceof RangeError && /call stack/.test(error.message);
    if (isDeep)
      return { fault: value === undefined ? 'is nested too deeply, or leads back to itself' : 'is nested too deeply for these values' };
    return { fault: `is not a valid JSON Schema: ${(error as Error).message}` };
  }
}

serveTasks(answer);
