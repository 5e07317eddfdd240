// Every kind of run of which descriptors are counted, by its name.
import { setTimeout as sleep } from 'node:timers/promises';
import { appendIn, fileIn, listen, output, pipeIn, pipeOut, portIn, portOut } from '../support/adapted.js';
import { bound, stateOf } from '../support/bindings.js';
import { bash } from '../support/code.js';
import { newJob, openSocket, startQuiet, upload } from '../support/jobs.js';
import { leave } from '../support/leaving.js';
import { interactive, post, shellCommand } from '../support/process-api.js';
import { shell, shellWith } from '../support/programs.js';
import { serving, webServer } from '../support/proxied.js';
import { until } from '../support/restarts.js';
import { createdRun, ended, goingOn, put, stopped } from '../support/run-files.js';
import { echoScript, say, service } from '../support/services.js';
import { type Act, abandoned, attached, coderOf, definition, executed, readied, serviced } from './descriptor-acts.js';

/** More than a pipe holds. */
export const large = Buffer.alloc(300_000, 'x');

export const kinds: Record<string, Act> = {
  'a plain run': executed(shell('cat'), 'x'),
  'a run with a large message': executed(shell('wc -c'), large),
  'a run with a large output': executed(shell('head -c 300000 /dev/zero')),
  'a run whose program is missing': executed({ exec: '/no/such/program' }, large),
  'a run whose interpreter is missing': executed(shellWith('printf "#!/no/such\\n" > x; chmod 755 x; exec ./x', [])),
  'a run whose folder is missing': executed(shell('true', { cwd: '/no/such/folder' }), large),
  'a run that exceeds its timeout with its message unread': executed(shell('sleep 60'), large, '?timeout=0.2'),
  'a run that exceeds its output': executed(shell('yes', { limits: { output_bytes: 1000 } })),
  'a message by a file that is not read': executed(shell('true', fileIn), large),
  'a message by a pipe': executed(shell('cat "${input_pipe}" | wc -c', pipeIn), large),
  'a message by a pipe that is not opened': executed(shell('true', pipeIn), large),
  'a message by a pipe that is not read to its end': executed(shell('head -c 10 "${input_pipe}"', pipeIn), large),
  'a message by a port': executed(shell(listen('EXEC:"wc -c"'), { ...portIn(), ...portOut }), large),
  'a message by a port without half_close': executed(
    shell(listen('EXEC:"head -c 10"'), { ...portIn({ half_close: false }), ...portOut }),
    large,
  ),
  'a message by a port that nobody listens on': executed(shell('true', portIn()), large),
  'a message by a port that is left unread': executed(shell(listen('EXEC:"sleep 0.3"'), portIn({ half_close: false })), large),
  'a message by a file that is appended to': executed(
    shell('timeout 0.3 tail -c +1 -f "${input_file}" | head -c 10', { ...appendIn, success_exit_codes: [0, 124] }),
    large,
  ),
  'an output by a pipe': executed(shell('echo x > "${output_pipe}"', pipeOut)),
  'an output by a pipe that is not opened': executed(shell('true', pipeOut)),
  'an output by a pipe beyond the limit': executed(
    shell('cat /dev/zero > "${output_pipe}"', { ...pipeOut, limits: { output_bytes: 100_000 } }),
  ),
  'an output by a folder': executed(
    shell('mkdir output; echo x > output/a; echo y > output/b', output('directory', { directory: 'output' })),
  ),
  'an output by a folder that is too large': executed(
    shell('mkdir output; head -c 200000 /dev/zero > output/a', {
      ...output('directory', { directory: 'output' }),
      limits: { output_bytes: 1000 },
    }),
  ),
  'an output by an appended file': executed(shell('echo x >> out', output('append', { file_path: 'out' }))),
  'an output by a file that is missing': executed(shell('true', output('file', { file_path: 'missing' }))),
  'a streamed run': executed(shell('echo x; sleep 0.1; echo y'), '', '?stream=1'),
  'a streamed run whose client leaves': abandoned(shell('while :; do echo x; sleep 0.05; done'), { query: '?stream=1', staysMs: 50 }),
  'a run whose client leaves': abandoned(shell('sleep 60'), { body: large, cut: true, staysMs: 100 }),
  'a live message that is cut off': abandoned(shell('cat'), { query: '?stream=1', body: large, cut: true, staysMs: 100 }),
  'a message by a pipe that is cut off': abandoned(shell('cat "${input_pipe}"', pipeIn), {
    query: '?stream=1',
    body: large,
    cut: true,
    staysMs: 100,
  }),
  'a message by a port that is cut off': abandoned(shell(listen('EXEC:cat'), { ...portIn(), ...portOut }), {
    body: large,
    cut: true,
    staysMs: 100,
  }),
  'a stop before the start': async (server) => {
    const run = await createdRun(server, 'cat');
    await stopped(server, run);
  },
  'a stop while it waits for its turn': async (server) => {
    const path = `${await definition(server, shell('sleep 0.3', { max_parallel: 1 }))}execute/`;
    const runs = await Promise.all([1, 2].map(() => server.send({ method: 'POST', path, headers: { prefer: 'respond-async' } })));
    for (const { json } of runs) await stopped(server, json.resource_uri);
  },
  'a service': serviced(service(echoScript), (server, path) => say(server, path, 'x\n')),
  'a service that never becomes ready': serviced(service('sleep 60', { ready: { tcp: 1 } }), () => sleep(200)),
  'a service that is found ready by its log': serviced(service(`echo up; ${echoScript}`, { ready: { log: 'up' } }), (server, _path, run) =>
    readied(server, run),
  ),
  'a service that is found ready by its port': serviced(
    {
      exec: 'python3',
      argv: ['-m', 'http.server', '${port}', '--bind', '127.0.0.1'],
      process_type: 'service',
      ready: { http: '/' },
    },
    (server, _path, run) => readied(server, run),
  ),
  'a service that crashes and is restarted': serviced(
    service('sleep 0.1; exit 1', { restart: { mode: 'always', backoff: 0.1, max: 5 } }),
    (server, _path, run) =>
      until(
        async () => (await server.send({ path: run })).json.attempt,
        (attempt) => attempt > 2,
      ),
  ),
  'a service that is spoken with by pipes': serviced(
    service('cat "${input_pipe}" > "${output_pipe}"', { ...pipeIn, ...pipeOut }),
    (server, path) => say(server, path, 'x\n'),
  ),
  'a service that is spoken with by files': serviced(
    service('exec tail -c +1 -f "${input_file}" >> out', { ...appendIn, ...output('append', { file_path: 'out' }) }),
    (server, path) => say(server, path, 'x\n'),
  ),
  'a service that replies by its port': serviced(
    service(`exec socat TCP-LISTEN:\${port},bind=127.0.0.1,fork EXEC:cat`, { ...portIn(), ...portOut, ready: { delay: 0.3 } }),
    async (server, path) => {
      await say(server, path, large);
      await leave(server, { path: `${path}execute/`, body: large, staysMs: 20 });
      await leave(server, { path: `${path}execute/`, body: large, cut: true, staysMs: 50 });
    },
  ),
  'a service whose messages are followed': serviced(service(echoScript), async (server, path, run) => {
    await say(server, path, 'x\n');
    await leave(server, { method: 'GET', path: `${run}messages/`, staysMs: 20 });
  }),
  'an attached run': attached('', async (line) => {
    line.type('x\n');
    await line.shows('x\n');
    line.endInput();
  }),
  'an attached run whose client vanishes': attached('', async (line) => line.cut()),
  'an attached run that is stopped': attached('', (_line, server, run) => stopped(server, run)),
  'a run at a terminal': attached('?tty=1', async (line) => line.type('x\r')),
  'a run at a terminal whose client vanishes': attached('?tty=1', async (line) => line.cut()),
  'a followed log': async (server) => {
    const run = await goingOn(server, 'echo x');
    await leave(server, { method: 'GET', path: `${run}log/?follow=1`, staysMs: 20 });
    await leave(server, { method: 'GET', path: `${run}events/`, staysMs: 20 });
    await stopped(server, run);
    await leave(server, { method: 'GET', path: `${run}events/` });
  },
  'a large output whose reader leaves': async (server) => {
    const run = await createdRun(server, 'head -c 8000000 /dev/zero');
    await server.send({ method: 'POST', path: `${run}start/` });
    await ended(server, run);
    for (const part of ['result/', 'log/']) await leave(server, { method: 'GET', path: `${run}${part}` });
    await server.send({ method: 'HEAD', path: `${run}result/` });
  },
  'an archive whose reader leaves': async (server) => {
    const run = await goingOn(server, 'for f in 1 2 3 4 5 6; do head -c 3000000 /dev/urandom > $f; done');
    await leave(server, { method: 'GET', path: `${run}archive/` });
    await leave(server, { method: 'GET', path: `${run}files/1` });
    await stopped(server, run);
  },
  'an archive that is cut off': async (server) => {
    const run = await goingOn(server, 'true');
    const headers = { 'content-type': 'application/octet-stream' };
    await leave(server, { method: 'PUT', path: `${run}archive/`, headers, body: large, cut: true, staysMs: 30 });
    await leave(server, { method: 'PUT', path: `${run}files/x`, headers, body: large, cut: true, staysMs: 30 });
    await put(server, `${run}archive/`, 'no archive');
    await stopped(server, run);
  },
  'a run that is spoken with through the server': async (server) => {
    const run = await serving(server, webServer);
    await leave(server, { method: 'GET', path: `${run}http/` });
    await leave(server, { path: `${run}http/echo`, body: large, cut: true, staysMs: 30 });
    const { socket } = await openSocket(server, `${run}http/ws_echo`);
    socket.terminate();
    await stopped(server, run);
  },
  'a job': async (server) => {
    const job = await newJob(server);
    await upload(server, job, 'a', large);
    await startQuiet(server, job, 'for f in 1 2 3 4 5 6; do head -c 3000000 /dev/urandom > $f; done; echo x; sleep 60');
    await sleep(300);
    await leave(server, { method: 'GET', path: `${job}/archive` });
    await leave(server, { method: 'GET', path: `${job}/file/1` });
    await leave(server, {
      path: `${job}/file/y`,
      headers: { 'content-type': 'application/octet-stream' },
      body: large,
      cut: true,
      staysMs: 30,
    });
    await server.send({ method: 'POST', path: `${job}/remove` });
  },
  'a command of /process': async (server) => {
    await post(server, { data: shellCommand('echo x; exit 1') });
    const line = await interactive(server, shellCommand('cat'));
    line.cut();
  },
  'code of /run': async (server) => (await coderOf(server))(bash('echo x')),
  'a binding': async (server) => {
    const { input: stream, path } = await bound(server, shell('cat'));
    await server.send({ method: 'POST', path: `/api/stream/${stream}/`, body: 'x' });
    await until(
      () => stateOf(server, { path }),
      ({ handled }) => handled > 0,
    );
    await server.send({ method: 'DELETE', path });
  },
};
