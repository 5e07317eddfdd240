// Accept with weights, wildcards and capitals, wherever it decides about an answer.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defined, ran, shellWith } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let echo: string;
let run: string;
beforeAll(async () => {
  server = await startServer();
  echo = await defined(server, { exec: '/bin/echo', argv: ['hello'] });
  run = await ran(server, { exec: '/bin/echo' });
});
afterAll(() => server.stop());

describe('The events of a run', () => {
  test.each<[string, boolean]>([
    ['text/event-stream', true],
    ['Text/Event-Stream; Q=1', true],
    ['text/event-stream, */*;q=0.1', true],
    ['application/json;q=0.5, text/event-stream;q=0.5', true],
    ['text/event-stream;q=.5', true],
    ['text/event-stream;q=0', false],
    ['text/event-stream; q=0.000, */*', false],
    ['text/event-stream;q=0.5, */*', false],
    ['application/json, text/event-stream;q=0.9', false],
    ['*/*', false],
    ['text/*', false],
    ['text/event-streams', false],
    ['application/json; a="\\", text/event-stream, "', false],
  ])('are sent for %s: %s', async (accept, events) => {
    const executed = await server.send({ method: 'POST', path: `${echo}execute/`, headers: { accept } });
    expect(executed.headers['content-type']).toBe(events ? 'text/event-stream' : 'text/plain; charset=utf-8');
    const log = await server.send({ path: `${run}log/`, headers: { accept } });
    expect(log.headers['content-type']).toBe(executed.headers['content-type']);
  });
});

describe('The start page', () => {
  test.each<[string, number]>([
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 302],
    ['TEXT/HTML', 302],
    ['application/json, text/html;q=0.9', 200],
    ['text/html;q=0, */*', 200],
    ['*/*', 200],
  ])('for %s is answered with %i', async (accept, status) => {
    expect((await server.send({ path: '/', login: '', headers: { accept } })).status).toBe(status);
  });
});

describe('The extension of the output file', () => {
  test.each<[string, string]>([
    ['application/json', '.json'],
    ['text/css;q=0.5, application/json', '.json'],
    ['*/*, text/css', '.css'],
    ['TEXT/CSS', '.css'],
    ['text/css;q=0, text/html;q=0.1', '.html'],
    ['*/*', ''],
  ])('for %s is "%s"', async (accept, extension) => {
    const output_adapter = { output_type: 'file', output_parameters: { file_path: '${output_file}' } };
    const path = await defined(server, shellWith('echo "$1" > "$1"', ['${output_file}'], { output_adapter }));
    const { text } = await server.send({ method: 'POST', path: `${path}execute/`, headers: { accept } });
    expect(/(\.\w+)?\n$/.exec(text)?.[1] ?? '').toBe(extension);
  });
});
