// nginx and Caddy in front of a server, as contrib/ configures them: only the addresses and the certificate are those of the test.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { projectRoot } from './server.js';

export interface WebServer {
  /** As https://127.0.0.1:1234. */
  url: string;
  /** The certificate. */
  ca: string;
  stop: () => Promise<void>;
}

interface Place {
  folder: string;
  port: number;
  /** Where the server of ours listens, as 127.0.0.1:8000. */
  upstream: string;
}

/** PATH with the folders of programs that only root usually runs. */
const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;

function contributed(path: string, replacements: [string, string][]): string {
  let text = readFileSync(join(projectRoot, 'contrib', path), 'utf8');
  for (const [usual, own] of replacements) {
    if (!text.includes(usual)) throw new Error(`contrib/${path} has no '${usual}'`);
    text = text.replaceAll(usual, own);
  }
  return text;
}

const commands: Record<string, (place: Place) => string[]> = {
  nginx: ({ folder, port, upstream }) => {
    const own = contributed('nginx/process-registry.conf', [
      ['listen 443', `listen 127.0.0.1:${port}`],
      ['registry.example;', '127.0.0.1;'],
      ['/etc/ssl/certs/registry.example.pem', join(folder, 'cert.pem')],
      ['/etc/ssl/private/registry.example.key', join(folder, 'key.pem')],
      ['server 127.0.0.1:8000', `server ${upstream}`],
    ]);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${join(folder, name)};`);
    const user = process.getuid?.() === 0 ? 'user root;' : '';
    writeFileSync(join(folder, 'site.conf'), own);
    writeFileSync(
      join(folder, 'nginx.conf'),
      `${user} worker_processes 1; pid ${join(folder, 'pid')}; error_log stderr warn; daemon off;
events {} http { access_log off; ${temporary.join(' ')} include ${join(folder, 'site.conf')}; }`,
    );
    return ['nginx', '-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')];
  },
  caddy: ({ folder, port, upstream }) => {
    const own = contributed('caddy/Caddyfile', [
      ['registry.example {', `https://127.0.0.1:${port} {\n  tls ${join(folder, 'cert.pem')} ${join(folder, 'key.pem')}`],
      ['127.0.0.1:8000 {', `${upstream} {`],
    ]);
    writeFileSync(join(folder, 'Caddyfile'), `{\n  admin off\n  auto_https disable_redirects\n}\n${own}`);
    return ['caddy', 'run', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')];
  },
};

export const webServers = Object.keys(commands);

/** Throws an Error with what it said when it does not begin to serve. */
export async function startWebServer(name: string, upstream: string): Promise<WebServer> {
  const folder = mkdtempSync(join(tmpdir(), `procreg-${name}-`));
  const port = await freePort();
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files], { stdio: 'pipe' });
  const ca = readFileSync(join(folder, 'cert.pem'), 'utf8');
  const [command, ...argv] = commands[name]({ folder, port, upstream });
  const child = spawn(command, argv, { env: { PATH, HOME: folder, XDG_DATA_HOME: folder }, stdio: ['ignore', 'pipe', 'pipe'] });
  const url = `https://127.0.0.1:${port}`;
  await serves(child, url, ca).catch((error) => {
    child.kill('SIGKILL');
    throw error;
  });
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null) child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, ca, stop };
}

async function serves(child: ChildProcess, url: string, ca: string): Promise<void> {
  let said = '';
  child.stdout?.on('data', (chunk) => (said += chunk));
  child.stderr?.on('data', (chunk) => (said += chunk));
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  child.once('exit', (code) => (failure = new Error(`it ended with ${code}: ${said}`)));
  for (let attempt = 0; attempt < 200 && !failure; attempt++) {
    if (await answers(url, ca)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw failure ?? new Error(`it did not answer within 10 s: ${said}`);
}

function answers(url: string, ca: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(url, { ca, agent: false }, (answer) => resolve(answer.resume() !== null));
    asked.once('error', () => resolve(false)).end();
  });
}
