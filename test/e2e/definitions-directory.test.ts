// DEFINITIONS_DIR: files that are applied at boot, by name.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';

let directory: string;
let dataDir: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'procreg-definitions-'));
  dataDir = mkdtempSync(join(tmpdir(), 'procreg-test-'));
});
afterEach(() => {
  for (const folder of [directory, dataDir]) rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, text: string) => writeFileSync(join(directory, name), text);
const boot = () => startServer({ DEFINITIONS_DIR: directory }, { dataDir });

async function revisionsOf(server: TestServer, name: string): Promise<{ revision: number; definition: object }[]> {
  return (await server.send({ path: `/api/process_definition/${name}/revisions/` })).json.objects;
}

/** Boots, looks, stops. */
async function during<Result>(look: (server: TestServer) => Promise<Result>): Promise<Result> {
  const server = await boot();
  try {
    return await look(server);
  } finally {
    await server.stop({ keep: true });
  }
}

function writeThree(): void {
  write('remove-x.json', '{"exec": "/usr/bin/tr", "argv": ["-d", "x"]}');
  write('upper.yaml', 'exec: /usr/bin/tr\nargv: [a-z, A-Z]\nvisibility: shared # for all\n');
  write('other-file.yml', 'definition:\n  name: named\n  exec: /bin/echo\n  args: ["1"]\n');
  write('README.md', 'not a definition');
}

test('JSON and YAML files become definitions, named by their name key or else by their file, that run', async () => {
  writeThree();
  await during(async (server) => {
    const { objects } = (await server.send({ path: '/api/process_definition/?order_by=name' })).json;
    expect(objects.map(({ definition }: { definition: object }) => definition)).toEqual([
      { name: 'named', exec: '/bin/echo', args: ['1'] },
      { name: 'remove-x', exec: '/usr/bin/tr', argv: ['-d', 'x'] },
      { name: 'upper', exec: '/usr/bin/tr', argv: ['a-z', 'A-Z'], visibility: 'shared' },
    ]);
    const run = (name: string) => server.send({ method: 'POST', path: `/api/process_definition/${name}/execute/`, body: 'axb' });
    expect([(await run('remove-x')).text, (await run('upper')).text]).toEqual(['ab', 'AXB']);
  });
});

test('a second boot with the same files makes no new revision and no new definition', async () => {
  writeThree();
  const look = async (server: TestServer) => {
    const list = (await server.send({ path: '/api/process_definition/' })).text;
    return [list, await revisionsOf(server, 'remove-x'), await revisionsOf(server, 'upper'), await revisionsOf(server, 'named')];
  };
  const first = await during(look);
  expect(first[1]).toHaveLength(1);
  expect(await during(look)).toEqual(first);
});

test('a changed file makes one new revision of the same definition', async () => {
  writeThree();
  const idOf = async (server: TestServer) => (await server.send({ path: '/api/process_definition/remove-x/' })).json.id;
  const id = await during(idOf);
  write('remove-x.json', '{"exec": "/usr/bin/tr", "argv": ["-d", "y"]}');
  await during(async (server) => {
    expect(await idOf(server)).toBe(id);
    const revisions = await revisionsOf(server, 'remove-x');
    expect(revisions.map(({ revision }) => revision)).toEqual([2, 1]);
    expect(revisions[0].definition).toMatchObject({ argv: ['-d', 'y'] });
    expect(await revisionsOf(server, 'upper')).toHaveLength(1);
  });
});

test.each([
  ['a fault', 'bad.json', '{"exec": "/usr/bin/tr", "argv": "x"}', 'argv'],
  ['no exec', 'bad.yaml', 'argv: []\n', 'exec'],
  ['broken JSON', 'bad.json', '{"exec": "/usr/bin/tr",', ''],
  ['broken YAML', 'bad.yml', 'exec: [\n', ''],
  ['nothing in it', 'bad.yaml', '', 'exec'],
  ['a list in it', 'bad.yaml', '- exec: /bin/true\n', ''],
  ['a NUL character', 'bad.json', '{"exec": "/bin/echo", "argv": ["a\\u0000b"]}', 'NUL'],
  ['a number that is none', 'bad.yaml', 'exec: /bin/true\nweight: .nan\n', ''],
  ['a file name that is not a definition name', 'bad name.json', '{"exec": "/bin/true"}', 'name'],
])('a file with %s stops the boot with a line that names the file', async (_what, file, text, why) => {
  writeThree();
  write(file, text);
  const boots = boot().then(async (server) => `it booted and stopped with ${await server.stop({ keep: true })}`, String);
  const line = (await boots).split('\n').find((one) => one.includes(join(directory, file)));
  expect(line ?? (await boots)).toContain(join(directory, file));
  expect(line).toContain(why);
});

test('once a bad file is mended the same data boots', async () => {
  write('tool.json', '{}');
  await expect(boot()).rejects.toThrow('tool.json');
  write('tool.json', '{"exec": "/bin/true"}');
  expect(await during((server) => revisionsOf(server, 'tool'))).toHaveLength(1);
});

test('what may have been meant otherwise in a file is said in the log', async () => {
  write('slow.yaml', 'exec: /bin/true\ntimout: 5\n');
  await during(async (server) => {
    const path = join(directory, 'slow.yaml');
    await expect.poll(() => server.said()).toContain(`${path}: unknown key \`timout\`; did you mean \`timeout\`?`);
    expect((await server.send({ path: '/api/process_definition/slow/' })).json.definition.timout).toBe(5);
  });
});
