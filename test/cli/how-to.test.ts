// The pages about procreg in docs/how-to: each line is run as it stands, and prints what the page says.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestClient } from '../support/logged-in-client.js';
import { projectRoot, startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let client: TestClient;
let token: string;

beforeAll(async () => {
  server = await startServer();
  await server.user('ci:pw', 'runner');
  token = (await server.send({ method: 'POST', path: '/api/token/', login: 'ci:pw', body: { name: 'ci' } })).json.token;
  client = new TestClient(server.url, token);
  writeFileSync(join(client.folder, 'admin-password'), 'secret\n');
});

afterAll(async () => {
  await server.stop();
  client.remove();
});

/** The blocks of a page, with the address of this server; what stands in a `text` block is what the blocks before it print. */
function blocksOf(page: string): { kind: string; text: string }[] {
  const text = readFileSync(join(projectRoot, `docs/how-to/${page}.md`), 'utf8');
  return [...text.matchAll(/```(sh|text|crontab)\n(.*?)```/gs)].map(([, kind, block]) => ({ kind, text: block }));
}

const here = (text: string) => text.replaceAll('http://127.0.0.1:8000', server.url);

/** The commands of a crontab, each as cron runs it. */
function cronScript(crontab: string): string {
  const commands = crontab.split('\n').flatMap((line) => /^\d+ \d+ \* \* \* +(.*)$/.exec(line)?.[1] ?? []);
  return commands
    .map((command) => {
      return `env -i HOME="$HOME" PATH="$PATH" /bin/sh -c '${command.replaceAll('\\%', '%').replaceAll("'", "'\\''")}' < /dev/null >> mails`;
    })
    .join('\n');
}

interface Read {
  said: string[];
  printed: string[];
}

/** A page from its beginning to its end in one shell; its texts and what it has printed for each. `links`: what the reader has of the project. */
async function read(page: string, environment: Record<string, string> = {}, links: string[] = []): Promise<Read> {
  const folder = join(client.folder, page);
  mkdirSync(folder);
  for (const link of links) symlinkSync(join(projectRoot, link), join(folder, link));
  writeFileSync(join(folder, 'admin-password'), 'secret\n');
  const blocks = blocksOf(page);
  const mark = '--- printed\n';
  const script = blocks.map(({ kind, text }) =>
    kind === 'text' ? `printf -- '${mark.replace('\n', '\\n')}'` : kind === 'sh' ? here(text) : `${cronScript(text)}\n`,
  );
  const home = { PROCREG_URL: '', PROCREG_TOKEN: '', XDG_CONFIG_HOME: '', HOME: client.folder, ...environment };
  const { out, err, code } = await client.bash(script.join('\n'), { cwd: folder, environment: home });
  expect(code, err).toBe(0);
  const printed = out.split(mark).slice(0, -1);
  const asWritten = (text: string) => text.replaceAll(server.url, 'http://127.0.0.1:8000');
  return { said: blocks.filter(({ kind }) => kind === 'text').map(({ text }) => text), printed: printed.map(asWritten) };
}

test('from curl to procreg', async () => {
  const { said, printed } = await read('from-curl-to-procreg');
  const columns = (text: string) => text.replace(/127\.0\.0\.1:\d+/g, 'HOST').replace(/ {2,}/g, '  ');
  expect(printed.map(columns)).toEqual(said.map(columns));
});

test('in a script', async () => {
  const { said, printed } = await read('use-procreg-in-a-script');
  expect(printed).toEqual(said);
});

test('in CI', async () => {
  const { said, printed } = await read('use-procreg-in-ci', { TOKEN_OF_THE_JOB: token, BUILD_ID: '7' });
  expect(printed).toEqual(said);
});

test('thirty scripts in one command', async () => {
  const { said, printed } = await read('thirty-scripts-in-one-command');
  expect(printed).toEqual(said);
});

test('a typed client in TypeScript and in Python', async () => {
  const { json } = await server.send({ method: 'POST', path: '/api/token/', body: { name: 'typed client' } });
  const environment = { PROCREG_URL: server.url, PROCREG_TOKEN: json.token };
  const { said, printed } = await read('a-typed-client', environment, ['node_modules', 'contrib']);
  expect(printed).toEqual(said);
});

test('from cron, whose second line alone sends mail, as its program fails', async () => {
  const { said, printed } = await read('use-procreg-from-cron');
  expect(printed).toEqual(said);
  const mails = readFileSync(join(client.folder, 'use-procreg-from-cron/mails'), 'utf8');
  expect(mails.split('\n').sort()).toEqual(['', '3 files', 'packing']);
});
