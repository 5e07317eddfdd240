// W3C Trace Context, level 1: what is a valid traceparent, and which one a run gets.
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { parseTraceparent, traceparentOfRun } from '../../src/model/trace-context.js';

const trace = '0af7651916cd43dd8448eb211c80319c';
const span = 'b7ad6b7169203331';

describe('a caller’s traceparent', () => {
  test('gives the trace, the caller’s span and whether it is recorded', () => {
    expect(parseTraceparent(`00-${trace}-${span}-01`)).toEqual({ traceId: trace, parentId: span, sampled: true });
    expect(parseTraceparent(`00-${trace}-${span}-00`)).toEqual({ traceId: trace, parentId: span, sampled: false });
    expect(parseTraceparent(`00-${trace}-${span}-fe`)).toMatchObject({ sampled: false });
    expect(parseTraceparent(`00-${trace}-${span}-ff`)).toMatchObject({ sampled: true });
  });

  test('of a later version is read as far as it is known', () => {
    expect(parseTraceparent(`01-${trace}-${span}-01`)).toMatchObject({ traceId: trace });
    expect(parseTraceparent(`cc-${trace}-${span}-01-what-the-future-says`)).toMatchObject({ traceId: trace });
  });

  test.each([
    ['version ff', `ff-${trace}-${span}-01`],
    ['more than version 00 says', `00-${trace}-${span}-01-more`],
    ['a dash at the end of version 00', `00-${trace}-${span}-01-`],
    ['a later version without the dash', `cc-${trace}-${span}-01.more`],
    ['an empty trace', `00-${'0'.repeat(32)}-${span}-01`],
    ['an empty span', `00-${trace}-${'0'.repeat(16)}-01`],
    ['capital digits', `00-${trace.toUpperCase()}-${span}-01`],
    ['a short trace', `00-${trace.slice(1)}-${span}-01`],
    ['a long span', `00-${trace}-${span}0-01`],
    ['one digit of flags', `00-${trace}-${span}-1`],
    ['no hex digits', `00-${trace}-${span}-0x`],
    ['a blank before it', ` 00-${trace}-${span}-01`],
    ['a line end after it', `00-${trace}-${span}-01\n`],
    ['two of them', `00-${trace}-${span}-01, 00-${trace}-${span}-01`],
    ['nothing', ''],
    ['no header', undefined],
    ['a list of headers', [`00-${trace}-${span}-01`]],
  ])('with %s is not valid', (_what, header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });
});

describe('the TRACEPARENT of a run', () => {
  const runId = '019aa7e2-6d52-7c3f-9b1e-0123456789ab';

  test('is in the caller’s trace; its span is the end of the run’s id', () => {
    const caller = parseTraceparent(`00-${trace}-${span}-01`);
    expect(traceparentOfRun(runId, caller)).toBe(`00-${trace}-9b1e0123456789ab-01`);
  });

  test('keeps whether the caller records, and sends no flag that level 1 does not know', () => {
    expect(traceparentOfRun(runId, parseTraceparent(`00-${trace}-${span}-fe`))).toBe(`00-${trace}-9b1e0123456789ab-00`);
    expect(traceparentOfRun(runId, parseTraceparent(`00-${trace}-${span}-ff`))).toBe(`00-${trace}-9b1e0123456789ab-01`);
  });

  test('without a caller’s is a new trace with the digits of the run’s id', () => {
    expect(traceparentOfRun(runId)).toBe('00-019aa7e26d527c3f9b1e0123456789ab-9b1e0123456789ab-01');
    expect(traceparentOfRun(runId.toUpperCase())).toBe(traceparentOfRun(runId));
  });

  test('is valid for every id that a run can have', () => {
    for (let number = 0; number < 1000; number++) expect(parseTraceparent(traceparentOfRun(uuidv7()))).toBeDefined();
  });
});
