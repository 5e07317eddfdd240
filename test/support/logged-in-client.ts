// The client procreg as users start it: its bundle, with its own configuration, against one server.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './server.js';

const clientPath = join(projectRoot, 'clients/cli/dist/procreg.cjs');

export interface Said {
  /** 128 + n after a signal. */
  code: number;
  stdout: Buffer;
  out: string;
  err: string;
}

export interface ClientOptions {
  stdin?: string | Buffer;
  environment?: Record<string, string>;
  cwd?: string;
  spawned?: (child: ChildProcess) => void;
}

export class TestClient {
  /** A folder of its own, which is also the working directory. */
  readonly folder = mkdtempSync(join(tmpdir(), 'procreg-client-'));
  readonly environment: Record<string, string>;

  /** `url`: may be that of a proxy; `token`: of the user. */
  constructor(url: string, token: string) {
    const bin = join(this.folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'procreg'), `#!/bin/sh\nexec '${process.execPath}' '${clientPath}' "$@"\n`, { mode: 0o755 });
    this.environment = {
      PATH: `${bin}:${process.env.PATH}`,
      HOME: this.folder,
      XDG_CONFIG_HOME: join(this.folder, 'config'),
      PROCREG_URL: url,
      PROCREG_TOKEN: token,
    };
  }

  /** procreg with these words. Without stdin: /dev/null. */
  run(words: string[], options: ClientOptions = {}): Promise<Said> {
    return this.#ended(process.execPath, [clientPath, ...words], options);
  }

  /** A script of bash in which `procreg` is the client. */
  bash(script: string, options: ClientOptions = {}): Promise<Said> {
    return this.#ended('bash', ['--norc', '-c', script], options);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #ended(exec: string, argv: string[], { stdin, environment, cwd = this.folder, spawned }: ClientOptions): Promise<Said> {
    const stdio: SpawnOptions['stdio'] = [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'];
    const child = spawn(exec, argv, { env: { ...this.environment, ...environment }, cwd, stdio });
    const [out, err]: Buffer[][] = [[], []];
    child.stdout?.on('data', (chunk) => out.push(chunk));
    child.stderr?.on('data', (chunk) => err.push(chunk));
    child.stdin?.on('error', () => {});
    child.stdin?.end(stdin);
    spawned?.(child);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        const stdout = Buffer.concat(out);
        resolve({ code: code ?? 128 + (signal === 'SIGINT' ? 2 : 15), stdout, out: stdout.toString(), err: Buffer.concat(err).toString() });
      });
    });
  }
}
