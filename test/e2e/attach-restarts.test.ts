// Attached runs and the end of the server: they keep running, and can be attached to again.
import { describe, expect, test } from 'vitest';
import { shell } from '../support/programs.js';
import { crash, next } from '../support/restarts.js';
import { startServer } from '../support/server.js';
import { attach, made } from '../support/web-socket.js';

describe('kill -9 of the server', () => {
  test.each([
    ['a held stdin', { interactive: true }, '\n'],
    ['a terminal', { tty: true }, '\r'],
  ])('leaves a run with %s running, and it can be attached to again', async (_what, more, enter) => {
    const first = await startServer();
    const path = await made(first, shell('echo up; read line; echo "got $line"; exit 5', more));
    const before = await attach(first, path);
    await before.shows('up');
    await crash(first);
    const second = await next(first);
    const after = await attach(second, path);
    await after.shows('up');
    after.type(`again${enter}`);
    await after.closed;
    expect(after.stdout()).toContain('got again');
    expect(after.status().details.causes[0]).toEqual({ reason: 'ExitCode', message: '5' });
    await second.stop();
  });
});

test('TERM to the server ends the connection with 1001 and leaves the run to the next one', async () => {
  const first = await startServer();
  const path = await made(first, shell('echo up; read line; echo "got $line"', { interactive: true }));
  const before = await attach(first, path);
  await before.shows('up');
  await first.stop({ keep: true });
  expect((await before.closed).code).toBe(1001);
  const second = await next(first);
  const after = await attach(second, path);
  after.type('later\n');
  await after.closed;
  expect(after.stdout()).toBe('up\ngot later\n');
  expect(after.status().status).toBe('Success');
  await second.stop();
});
