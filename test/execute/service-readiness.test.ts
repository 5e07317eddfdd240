// When a service is ready: what its probes leave behind, and what happens to a service that cannot be probed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestHarness } from '../../src/execute/plugin-kit/test-harness.js';
import { endSignal } from '../../src/execute/run/end-signal.js';
import type { RunContext } from '../../src/execute/run/run-context.js';
import { becomesReady } from '../../src/execute/service/readiness.js';
import { serve } from '../../src/execute/service/serve.js';
import { ServiceInbox } from '../../src/execute/service/service-inbox.js';
import { waitForLogLine } from '../../src/execute/service/wait-for-log-line.js';
import type { ProcessDefinition } from '../../src/model/definition.js';
import type { RunEvent } from '../../src/model/run-event.js';
import type { RunTask } from '../../src/model/run-task.js';
import type { LaunchedProcess } from '../../src/worker/launcher.js';
import { freePort } from '../support/free-port.js';

const folder = mkdtempSync(join(tmpdir(), 'procreg-ready-'));
let harness: TestHarness;
beforeAll(() => {
  harness = new TestHarness();
});
afterAll(() => {
  harness.close();
  rmSync(folder, { recursive: true });
});

interface Started {
  context: RunContext;
  process: LaunchedProcess;
  inbox: ServiceInbox;
  events: RunEvent['type'][];
  task: RunTask;
}

async function start(definition: ProcessDefinition): Promise<Started> {
  const { context, process } = await harness.serve(definition);
  const events: RunEvent['type'][] = [];
  const emit = async ({ type }: RunEvent) => void events.push(type);
  const task = {
    order: context.order,
    acceptedAtMs: Date.now(),
    message: null,
    former: null,
    attempt: 1,
    pauseMs: 0,
    after: null,
    check: null,
    emit,
  };
  return { context, process, inbox: new ServiceInbox(), events, task };
}

async function end(process: LaunchedProcess): Promise<void> {
  process.stop({ graceMs: 0 });
  await process.ended;
  process.release();
}

const shell = (script: string, more: object = {}) => ({ exec: '/bin/sh', argv: ['-c', script], ...more });

test('the log is not read any more once its text has come', async () => {
  const { process } = await start(shell('echo up; exec sleep 600'));
  let open = 0;
  const openLog = () => {
    const log = process.openLog();
    open++;
    return Object.create(log, { close: { value: () => log.close().then(() => void open--) } });
  };
  const watched: LaunchedProcess = Object.create(process, { openLog: { value: openLog } });
  await waitForLogLine(watched, 'up', endSignal(process));
  expect(open).toBe(0);
  await end(process);
});

test('a text that never comes is waited for until the program has ended', async () => {
  const { process } = await start(shell('echo down; sleep 0.3'));
  await waitForLogLine(process, 'up', endSignal(process));
  expect(endSignal(process).aborted).toBe(true);
  process.release();
});

const httpsServer = `
import http.server, ssl, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
server = http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[3])
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()`;

test('an https address may have a self-signed certificate', async () => {
  const [key, certificate] = [join(folder, 'key'), join(folder, 'certificate')];
  const wanted = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=localhost'];
  execFileSync('openssl', ['req', '-x509', ...wanted, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  const port = await freePort();
  const argv = ['-c', httpsServer, String(port), certificate, key];
  const { context, process } = await start({ exec: '/usr/bin/python3', argv, ready: { http: `https://127.0.0.1:${port}/` } });
  expect(await becomesReady(context, process)).toBe(true);
  await end(process);
});

test('a service that cannot be probed ends with input_error, not output_error', async () => {
  const { context, process, inbox, task } = await start(shell('exec sleep 600', { ready: { http: 'http://[' } }));
  serve(context, process, { task, inbox });
  await process.ended;
  expect(context.outcome.failure).toMatchObject({ reason: 'input_error' });
  process.release();
});

test('a service that has ended before it was ready is not shown as ready', async () => {
  const pipe = { input_adapter: { input_type: 'pipe', input_parameters: { pipe_path: '${input_pipe}' } } };
  const { context, process, inbox, task, events } = await start(
    shell('sleep 600 < "$0"', { argv: ['-c', 'sleep 600 < "$0"', '${input_pipe}'], ...pipe }),
  );
  const opened = new Promise<void>((resolve) => {
    const open = inbox.open.bind(inbox);
    inbox.open = (sink) => {
      setImmediate(resolve);
      return open(sink);
    };
  });
  inbox.close();
  serve(context, process, { task, inbox });
  await opened;
  expect(events).not.toContain('ready');
  await end(process);
  expect(context.outcome.failure).toBeNull();
});
