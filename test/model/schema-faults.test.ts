// What is said of a value that a JSON Schema does not allow.
import { expect, test } from 'vitest';
import { schemaCheck } from '../../src/definitions/schema-faults.js';

test.each([
  [{ maxLength: 3 }, 'abcd', 'must have at most 3 characters, got "abcd"'],
  [{ minLength: 2 }, 'a', 'must have at least 2 characters, got "a"'],
  [{ minLength: 1 }, '', 'must not be empty'],
  [{ minItems: 1 }, [], 'must have at least 1 item, got []'],
  [{ maxItems: 1 }, [1, 2], 'must have at most 1 item, got [1,2]'],
  [{ minimum: 1, maximum: 9 }, 10, 'must be from 1 to 9, got 10'],
])('of %j and %j it says: %s', (schema, value, said) => {
  expect(schemaCheck(schema)(value).faults).toEqual([{ path: '', message: said }]);
});
