// The README works as written: npm start, its curl lines as they stand, TERM to npm.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../support/free-port.js';
import { projectRoot } from '../support/server.js';

const folder = mkdtempSync(join(tmpdir(), 'procreg-readme-'));
const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block);
let npm: ChildProcess;
let port: number;
let said = '';

beforeAll(async () => {
  port = await freePort();
  const environment = { PATH: process.env.PATH, HOME: folder, PORT: String(port), DATA_DIR: join(folder, 'data') };
  npm = spawn('npm', ['start'], { cwd: projectRoot, env: environment });
  await new Promise<void>((resolve, reject) => {
    npm.once('exit', (code) => reject(new Error(`npm start ended with ${code}: ${said}`)));
    npm.stdout?.on('data', (chunk) => {
      said += chunk;
      if (said.includes('/execute/')) resolve();
    });
  });
});

afterAll(() => {
  npm.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** A block as a reader pastes it, against this server. */
function paste(block: string): string {
  return execFileSync('bash', ['--norc', '-c', block.replaceAll('127.0.0.1:8000', `127.0.0.1:${port}`)], { cwd: folder, encoding: 'utf8' });
}

test('the first code block stands by line 10', () => {
  expect(readme.split('\n').findIndex((line) => line.startsWith('```'))).toBeLessThan(10);
});

test('npm start says its address and where the password is', () => {
  expect(said).toContain(`http://127.0.0.1:${port}`);
  expect(said).toContain('admin-password');
});

test('the lines that npm start prints give abc', () => {
  const lines = said.split('\n').filter((line) => line.trimStart().startsWith('curl'));
  expect(lines).toHaveLength(2);
  expect(execFileSync('bash', ['--norc', '-c', lines.join('\n')], { cwd: projectRoot, encoding: 'utf8' })).toBe('abc');
});

test('the README’s curl lines give abc, and then an MP3', () => {
  const [, tr, mp3] = blocks;
  expect(paste(tr)).toBe('abc');
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'sine=duration=1', join(folder, 'a.wav')]);
  paste(`${tr.split('\n')[0]}\n${mp3}`);
  const codec = execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', join(folder, 'a.mp3')]);
  expect(codec.toString().trim()).toBe('mp3');
});

test('the README’s own script with a typed parameter answers a colleague', () => {
  const [, tr, , own] = blocks;
  expect(paste(`${tr.split('\n')[0]}\n${own}`)).toBe('2\n');
});

test('TERM to npm ends the server with 0 and frees the port', async () => {
  const code = new Promise((resolve) => npm.removeAllListeners('exit').once('exit', resolve));
  npm.kill('SIGTERM');
  expect(await code).toBe(0);
  await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
});
