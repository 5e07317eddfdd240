// What tests do with pRouter's jobs: make them, start them, speak with their programs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import type { Answer } from './http.js';
import { adminLogin, projectRoot, type TestServer } from './server.js';

export const jobServer = readFileSync(join(projectRoot, 'test/conformance/programs/job_server.py'));

/** Which agent is to do a job. */
const here = { type: 'uid', uid: 'local' };

/** The `path` of a new job. */
export async function newJob(server: TestServer, { name = 'a job', login = adminLogin, agent = here as object } = {}): Promise<string> {
  const body = { agent, name };
  const { status, json, text } = await server.send({ method: 'POST', path: '/jobs/create', body, login });
  expect([status, json.state], text).toEqual([200, 'NEW']);
  return json.path;
}

export function start(server: TestServer, job: string, args: string[], more: object = {}): Promise<Answer> {
  return server.send({ method: 'POST', path: `${job}/start`, body: { args, env: {}, ...more } });
}

/** The same, of a program that listens nowhere. */
export const startQuiet = (server: TestServer, job: string, script: string, more: object = {}): Promise<Answer> =>
  start(server, job, ['/bin/sh', '-c', script], { port_expected_count: 0, ...more });

export function upload(server: TestServer, job: string, name: string, body: Buffer | string, query = ''): Promise<Answer> {
  return server.send({
    method: 'POST',
    path: `${job}/file/${name}${query}`,
    headers: { 'content-type': 'application/octet-stream' },
    body,
  });
}

/** The `path` of a job whose program answers HTTP. */
export async function servingJob(server: TestServer, agent: object = here): Promise<string> {
  const job = await newJob(server, { agent });
  expect((await upload(server, job, 'job_server.py', jobServer)).status).toBe(200);
  const { status, json, text } = await start(server, job, ['python3', 'job_server.py']);
  expect([status, json.state], text).toEqual([200, 'RUNNING']);
  return job;
}

export const waitFor = async (server: TestServer, job: string) => (await server.send({ method: 'POST', path: `${job}/wait` })).json;

export const remove = async (server: TestServer, job: string) => (await server.send({ method: 'POST', path: `${job}/remove` })).json;

/** The path of the run that a job is. */
export function runOf(job: string): string {
  const uid = job.split('/')[3];
  return `/api/run/${[uid.slice(0, 8), uid.slice(8, 12), uid.slice(12, 16), uid.slice(16, 20), uid.slice(20)].join('-')}/`;
}

export interface Listened {
  socket: WebSocket;
  /** All messages until it closes; text as text, binary as Buffer. */
  heard: Promise<(string | Buffer)[]>;
}

/** A WebSocket as admin, open. */
export async function openSocket(server: TestServer, path: string, protocols: string[] = [], headers = {}): Promise<Listened> {
  const authorization = `Basic ${Buffer.from(adminLogin).toString('base64')}`;
  const socket = new WebSocket(server.url.replace('http', 'ws') + path, protocols, { headers: { authorization, ...headers } });
  const messages: (string | Buffer)[] = [];
  socket.on('message', (data: Buffer, binary) => messages.push(binary ? data : data.toString()));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return { socket, heard: new Promise((resolve) => socket.once('close', () => resolve(messages))) };
}
