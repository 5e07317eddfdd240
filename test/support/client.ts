// The client `procreg` as users run it: its bundle, with its own folder for servers and tokens.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { projectRoot } from './server.js';

export const clientBundle = join(projectRoot, 'clients/cli/dist/procreg.cjs');

interface ClientEnd {
  code: number | null;
  stdout: string;
  stderr: string;
}

interface RunOptions {
  input?: string;
  env?: Record<string, string>;
  cwd?: string;
  /** Called with the whole stdout so far, whenever some comes. */
  heard?: (stdout: string) => void;
}

type Run = (words: string[], options?: RunOptions) => Promise<ClientEnd>;

export type Client = Run & {
  /** The folder with servers and tokens: XDG_CONFIG_HOME. */
  folder: string;
  environment: Record<string, string | undefined>;
};

/** A client without any login; its folder is removed after the tests of the file. */
export function newClient(): Client {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-client-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const environment = { PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: folder, TERM: 'xterm', LANG: 'C.UTF-8', SHELL: '/bin/sh' };
  const run: Run = (words, { input = '', env = {}, cwd = folder, heard } = {}) => {
    const child = spawn(process.execPath, [clientBundle, ...words], { env: { ...environment, ...env }, cwd });
    const end = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      end.stdout += chunk;
      heard?.(end.stdout);
    });
    child.stderr.on('data', (chunk) => (end.stderr += chunk));
    // a command that reads nothing may have ended
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, ...end }));
    });
  };
  return Object.assign(run, { folder, environment });
}
