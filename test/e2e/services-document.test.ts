// The examples of docs/behaviour/services.md, pasted as they stand, say what stands below them.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { adminLogin, projectRoot, startServer } from '../support/server.js';

const page = readFileSync(join(projectRoot, 'docs/behaviour/services.md'), 'utf8');
const examples = [...page.matchAll(/```sh\n(.*?)```\n\n```\n(.*?)```/gs)].map(([, commands, said]) => ({ commands, said }));

test('the examples of the page on services say what they promise', { timeout: 60_000 }, async () => {
  const server = await startServer();
  expect(examples).toHaveLength(1);
  for (const { commands, said } of examples) {
    const environment = { PATH: process.env.PATH, LOGIN: adminLogin, URL: server.url };
    expect(execFileSync('bash', ['--norc', '-c', commands], { env: environment, encoding: 'utf8' })).toBe(said);
  }
  await server.stop();
});
