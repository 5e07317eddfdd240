// Reads the stored order of a run, of this server or an older one, or says why the run cannot be continued.
import type { RunOrder } from '../model/run-order.js';
import type { RunEntity } from './run.entity.js';

type Known = Pick<RunEntity, 'id' | 'ownerId' | 'definitionId' | 'lane' | 'priority' | 'order'>;
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isAmount: Check = (value) => Number.isFinite(value) && (value as number) >= 0;
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf =
  (isItem: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(isItem);
const maybe =
  (isWell: Check): Check =>
  (value) =>
    value === undefined || isWell(value);

/** A text, or a group of texts, which may stand on a condition. */
const isArgument: Check = (value) => isText(value) || listOf(isText)(isObject(value) ? value.args : value);

/** The check of each part of an order, so that later code finds what it expects. */
const parts: { [Name in keyof RunOrder]?: Check } = {
  definition: (value) => isObject(value) && isText(value.exec) && [value.argv, value.args].every(maybe(listOf(isArgument))),
  parameters: isObject,
  message: (value) => isObject(value) && messageKinds[String(value.kind)]?.(value) === true,
  interactive: maybe(isObject),
  uploads: maybe(listOf((value) => isObject(value) && isText(value.path) && isText(value.name))),
  inputFile: isObject,
  outputFile: isObject,
  traceparent: isText,
  lane: isText,
  priority: (value) => Number.isFinite(value),
  timeoutMs: isAmount,
  outputLimitBytes: isAmount,
};

const messageKinds: Record<string, ((message: Record<string, unknown>) => boolean) | undefined> = {
  none: () => true,
  live: () => true,
  inline: ({ base64 }) => isText(base64),
  file: ({ path }) => isText(path),
};

/** Throws an Error in one sentence that says why the order cannot be used. */
export function readOrder({ id, ownerId, definitionId, lane, priority, order }: Known): RunOrder {
  if (order === null) throw new Error('the record has no stored order');
  const stored = parsed(order);
  // the record contains values that orders of older servers lack
  const whole = {
    ...{ definitionId: definitionId === null ? null : Number(definitionId), lane, priority },
    ...{ parameters: {}, uploads: [], inputFile: {}, outputFile: {}, traceparent: '', isolation: null, hostNetwork: false },
    ...stored,
    ...{ runId: id, ownerId: Number(ownerId) },
  } as unknown as RunOrder;
  const wrong = Object.entries(parts).find(([name, isWell]) => !isWell(whole[name as keyof RunOrder]));
  if (wrong) throw new Error(`in the stored order '${wrong[0]}' is missing or has a wrong form`);
  return whole;
}

function parsed(text: string): Record<string, unknown> {
  let order: unknown;
  try {
    order = JSON.parse(text);
  } catch (error) {
    throw new Error(`the stored order cannot be read: ${(error as Error).message}`);
  }
  if (isObject(order)) return order;
  throw new Error(`the stored order must be an object, got ${JSON.stringify(order).slice(0, 100)}`);
}
