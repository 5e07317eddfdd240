// The peers of the bench `runs`: servers of Debian that run a program for an HTTP request.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { installed } from './programs.mjs';
import { freePort, startServer } from './servers.mjs';

export function startWebhook(bench, { name }) {
  return webhookOf(bench, { name, command: [bench.program], also: '' });
}

/** The smallest set of options that gives a program its own pid namespace. */
export function startWebhookWithBwrap(bench, { name }) {
  const bwrap = installed('bwrap', 'bubblewrap');
  const profile = ['--ro-bind', '/', '/', '--unshare-pid', '--proc', '/proc', '--dev', '/dev'];
  const command = [bwrap, ...profile, bench.program];
  const { status, stderr } = spawnSync(bwrap, command.slice(1), { encoding: 'utf8' });
  if (status !== 0) throw new Error(`bwrap cannot isolate here: ${stderr.trim()}`);
  return webhookOf(bench, { name, command, also: `, ${firstLine([bwrap, '--version'])}` });
}

async function webhookOf({ scratch }, { name, command: [program, ...words], also }) {
  const webhook = installed('webhook');
  const hooks = join(scratch.path, `${name}.json`);
  const hook = {
    id: 'hello',
    'execute-command': program,
    'pass-arguments-to-command': words.map((word) => ({ source: 'string', name: word })),
    'include-command-output-in-response': true,
  };
  writeFileSync(hooks, JSON.stringify([hook]));
  const port = await freePort();
  const server = await startServer({ name, port, command: [webhook, '-hooks', hooks, '-ip', '127.0.0.1', '-port', String(port)] }, scratch);
  return { ...server, request: { method: 'GET', path: '/hooks/hello' }, uses: firstLine([webhook, '-version']) + also };
}

/** lighttpd: its mod_cgi reads the program's first lines as headers. */
export async function startLighttpd({ scratch, program, header }, { name }) {
  const lighttpd = installed('lighttpd');
  const path = `/${basename(program)}`;
  const port = await freePort();
  const configuration = join(scratch.path, `${name}.conf`);
  const lines = [
    'server.modules = ("mod_cgi")',
    `server.document-root = "${dirname(program)}"`,
    'server.bind = "127.0.0.1"',
    `server.port = ${port}`,
    `cgi.assign = ("${path}" => "")`,
  ];
  writeFileSync(configuration, `${lines.join('\n')}\n`);
  const server = await startServer({ name, port, command: [lighttpd, '-D', '-f', configuration] }, scratch);
  return { ...server, request: { method: 'GET', path }, takenOff: header, uses: firstLine([lighttpd, '-v']) };
}

/** websocketd: it serves CGI programs over plain HTTP too, from a folder. */
export async function startWebsocketd({ scratch, program, header }, { name }) {
  const websocketd = installed('websocketd');
  const port = await freePort();
  const words = [`--port=${port}`, '--address=127.0.0.1', `--cgidir=${dirname(program)}`, '--loglevel=error'];
  const server = await startServer({ name, port, command: [websocketd, ...words] }, scratch);
  const uses = firstLine([websocketd, '--version']);
  return { ...server, request: { method: 'GET', path: `/${basename(program)}` }, takenOff: header, uses };
}

function firstLine([program, ...words]) {
  return spawnSync(program, words, { encoding: 'utf8' }).stdout.split('\n')[0].trim();
}
