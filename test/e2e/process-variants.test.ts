// The interface of procaas wherever a server may run: without the launcher in C, at the weaker level, as an ordinary user.
import { expect, test } from 'vitest';
import { isRoot } from '../support/hostile.js';
import { file, interactive, post, shellCommand, workFiles } from '../support/process-api.js';
import { zipOf } from '../support/run-files.js';
import { type ServerOptions, startServer } from '../support/server.js';

const grounds: [string, Record<string, string>, ServerOptions][] = [
  ['without the launcher in C', { LAUNCHER: 'child_process', ISOLATION: 'process' }, {}],
  ['at level process', { ISOLATION: 'process' }, {}],
  ['as an ordinary user', {}, isRoot ? { uid: 65_534 } : {}],
];

test.each(grounds)('%s', async (_where, settings, options) => {
  const server = await startServer(settings, options);
  expect((await post(server, { data: { cmd: ['cat'], stdin: 'x' } })).text).toBe('x');

  const archive = file('in.zip', await zipOf({ 'a/b': 'deep', 'empty/': '' }));
  const unpacked = shellCommand('cat a/b > output/c; touch left; ls -d empty', { zipInputMode: true, outputMode: 'file' });
  expect((await post(server, { data: unpacked, files: [archive] })).text).toBe('deep');

  const chunked = shellCommand('echo 1; echo 2 >&2; sleep 30', { outputMode: 'chunkedStdout', timeoutMillis: 1000 });
  expect((await post(server, { data: chunked })).text).toBe('1\nProcessTimeoutException: Process timeout\n2\n');

  const line = await interactive(server, { cmd: ['head', '-n', '1'] });
  line.socket.send('hi\n');
  expect((await line.closed).code).toBe(1000);
  expect(Buffer.concat(line.frames).toString()).toBe('hi\n');

  await expect.poll(() => workFiles(server), { timeout: 10_000 }).toEqual([]);
  await server.stop();
});
