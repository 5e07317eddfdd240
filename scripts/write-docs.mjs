// Writes the documents, and the types of the API for the page, that are generated from the code; starts a server to get its OpenAPI.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { documents } from './documents.mjs';

const dataDir = mkdtempSync(join(tmpdir(), 'procreg-docs-'));
const server = spawn(process.execPath, ['dist/bundle/main.js', 'server', 'serve'], {
  env: { PATH: process.env.PATH, DATA_DIR: dataDir, PORT: '0', ADMIN_PASSWORD: 'for-the-docs' },
});
const url = await new Promise((resolve, reject) => {
  let said = '';
  server.stdout.on('data', (chunk) => {
    said += chunk;
    const found = /process-registry \S+ on (\S+) /.exec(said);
    if (found) resolve(found[1]);
  });
  server.once('exit', () => reject(new Error(`the server ended: ${said}`)));
});
const openapi = await (await fetch(`${url}/docs-json`)).json();
server.kill('SIGTERM');
for (const [path, text] of Object.entries(await documents(openapi))) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
rmSync(dataDir, { recursive: true });
