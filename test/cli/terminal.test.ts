// procreg exec, attach and top at a real terminal, and in pipes.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientBundle, newClient } from '../support/client.js';
import { until } from '../support/restarts.js';
import { startServer, type TestServer } from '../support/server.js';
import { atTerminal, type Step } from '../support/typed-terminal.js';

const procreg = newClient();
let server: TestServer;

beforeAll(async () => {
  server = await startServer({ GRACE: '1' });
  await procreg(['login', server.url, '--name', 'here', '-u', 'admin', '--password-stdin'], { input: 'secret\n' });
});
afterAll(() => server.stop());

const typed = (words: string[], steps: Step[]) => atTerminal([process.execPath, clientBundle, ...words], steps, procreg.environment);
const stateOf = async (id: string) => (await server.send({ path: `/api/run/${id}/` })).json.state;
const idIn = (screen: string) => /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(screen)?.[0] as string;

describe('exec in a pipe', () => {
  test.each<[string[], string, number, string, string]>([
    [['sh', '-c', 'echo out; echo err >&2; exit 3'], '', 3, 'out\n', 'err\n'],
    [['sh', '-c', 'kill -9 $$'], '', 137, '', ''],
    [['cat'], 'without -i there is nothing to read', 0, '', ''],
    [['no-such-program'], '', 126, '', "procreg: no program 'no-such-program'"],
  ])('%j ends as the program does', async (argv, input, code, stdout, stderr) => {
    const end = await procreg(['exec', '--', ...argv], { input });
    expect(end).toMatchObject({ code, stdout });
    expect(end.stderr.startsWith(stderr), end.stderr).toBe(true);
  });

  test('-i carries bytes both ways, and ends well when the program reads none of them', async () => {
    const text = randomBytes(3 * 2 ** 20).toString('base64');
    expect((await procreg(['exec', '-i', '--', 'cat'], { input: text })).stdout).toBe(text);
    expect((await procreg(['exec', '-i', '-e', 'A=b', '--', 'sh', '-c', 'echo $A'], { input: text })).stdout).toBe('b\n');
    expect((await procreg(['exec', 'sh', '-c', 'echo $0 $1', '-i', '--env'])).stdout).toBe('-i --env\n');
    expect((await procreg(['exec', '--timeout', '1', '--', 'sleep', '30'])).code).toBe(124);
    expect((await procreg(['exec', '-it', '--', 'sh'])).stderr).toContain('stdin is not a terminal');
  });
});

describe('at a terminal', () => {
  const shell = ['exec', '-it', '-e', 'PS1=> ', '--', 'sh'];

  test('exec -it has the size of the terminal, sees it change, and gives the exit code; the terminal is restored', async () => {
    const steps: Step[] = [{ until: '> ' }, { type: 'stty size\r' }, { until: '30 100' }, { size: [44, 111] }];
    const sized = "until [ \"$(stty size)\" = '44 111' ]; do sleep 0.05; done; echo re''sized\r";
    const end = await typed(shell, [...steps, { type: sized }, { until: 'resized' }, { type: 'exit 7\r' }]);
    expect(end).toMatchObject({ code: 7, isRestored: true });
  });

  test('Ctrl-C goes to the program, and what ends the client restores the terminal', async () => {
    const steps: Step[] = [{ until: '> ' }, { type: "echo sle''eps; sleep 50\r" }, { until: 'sleeps' }, { type: '\u0003' }];
    const end = await typed(shell, [...steps, { type: "echo code=''$?\r" }, { until: 'code=130' }, { signal: 15 }]);
    expect(end).toMatchObject({ code: 143, isRestored: true });
    await until(
      () => stateOf(idIn(end.screen)),
      (state) => state === 'finished',
    );
  });

  test('Ctrl-P Ctrl-Q leaves a run that keeps running, and attach -it finds it again', async () => {
    const steps: Step[] = [
      { until: '> ' },
      { type: "X=kept; echo \u0010''p\r" },
      { until: '> ' },
      { type: '\u0010\u0011' },
      { until: 'Left run' },
    ];
    const left = await typed([...shell.slice(0, 2), '--keep-running', ...shell.slice(2)], steps);
    expect(left).toMatchObject({ code: 0, isRestored: true });
    const id = idIn(left.screen);
    const again = await typed(['attach', '-it', id], [{ type: 'echo $X again\r' }, { until: 'kept again' }, { type: 'exit 4\r' }]);
    expect(again).toMatchObject({ code: 4, isRestored: true });
  });

  test('top shows lanes and runs on the other screen, and q ends it', async () => {
    const { id } = (await server.send({ method: 'POST', path: '/api/run/', body: { exec: 'sleep', argv: ['60'] } })).json;
    const end = await typed(['top', '--interval', '0.2'], [{ until: '\u001b[?1049h' }, { until: id }, { until: id }, { type: 'q' }]);
    expect(end).toMatchObject({ code: 0, isRestored: true });
    expect(end.screen.trimEnd().endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
    const once = await procreg(['top']);
    expect([once.code, once.stdout]).toEqual([0, expect.stringMatching(/LANE +LIMIT[\s\S]*\nio [\s\S]*\n\S{36} +running/)]);
    await server.send({ method: 'POST', path: `/api/run/${id}/stop/` });
  });
});

test('attach shows a run that has ended, from its first byte on, and ends as it did', async () => {
  const argv = ['-c', 'echo first; echo second >&2; exit 5'];
  const { id } = (await server.send({ method: 'POST', path: '/api/run/', body: { exec: 'sh', argv } })).json;
  await until(
    () => stateOf(id),
    (state) => state === 'finished',
  );
  expect(await procreg(['attach', id])).toEqual({ code: 5, stdout: 'first\n', stderr: 'second\n' });
  expect((await procreg(['attach', '00000000-0000-7000-8000-000000000000'])).code).toBe(1);
});
