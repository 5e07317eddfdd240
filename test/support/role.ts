// Runs a role of `procreg server` to its end.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './server.js';

export interface RoleEnd {
  code: number | null;
  stdout: string;
  stderr: string;
}

export function runRole(role: string[], settings: Record<string, string>): Promise<RoleEnd> {
  const child = spawn(process.execPath, [join(projectRoot, 'dist/bundle/main.js'), 'server', ...role], {
    env: { PATH: process.env.PATH, ...settings },
    cwd: settings.DATA_DIR && '/',
  });
  const end = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (end.stdout += chunk));
  child.stderr.on('data', (chunk) => (end.stderr += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...end }));
  });
}
