// The launcher compiled with sanitizers into a separate folder, what they report, and a server's side of its socket.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { readStream } from '../../src/model/read-frames.js';
import type { LaunchedProcess, LaunchSpec } from '../../src/worker/launcher.js';
import { launcherSocket } from '../../src/worker/launcher-connection.js';
import { encodeLaunchFrame, type FrameFields, FrameSplitter, type FrameValue } from '../../src/worker/launcher-frames.js';
import { NativeLauncher } from '../../src/worker/native-launcher.js';
import { launchSpec } from '../support/launch-spec.js';
import { projectRoot } from '../support/server.js';

const sources = join(projectRoot, 'native/launcher');

/** `files` of native/launcher, with `extra`; the reports of the sanitizers go to files next to the binary. */
export function compileSanitized(folder: string, files: string[], extra: string[] = []): string {
  const options = `log_path=${folder}/report:abort_on_error=0`;
  const optionsSource = join(folder, 'options.c');
  const functions = ['asan', 'ubsan'].map((name) => `const char *__${name}_default_options(void) { return "${options}"; }\n`);
  writeFileSync(optionsSource, functions.join(''));
  const binary = join(folder, 'sanitized');
  const flags = ['-O1', '-g', '-Wall', '-Wextra', '-Werror', '-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-I', sources];
  try {
    execFileSync('cc', [...flags, '-o', binary, ...files.map((name) => join(sources, name)), ...extra, optionsSource], { stdio: 'pipe' });
  } catch (error) {
    throw new Error(`cc with -fsanitize=address,undefined failed; it needs libasan and libubsan, which come with gcc: ${error}`);
  }
  return binary;
}

const launcherSources = readdirSync(sources).filter((name) => name.endsWith('.c'));

export function sanitizerReports(folder: string): string {
  const files = readdirSync(folder).filter((name) => name.startsWith('report'));
  return files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
}

/** To be called once in a test file: at its end nothing may have been reported. */
export function sanitizedLauncher() {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-sanitized-'));
  const binary = compileSanitized(folder, launcherSources);
  const launchers: NativeLauncher[] = [];
  const roots: string[] = [];
  afterAll(async () => {
    for (const launcher of launchers) launcher.close();
    for (const root of roots) rmSync(root, { recursive: true, force: true });
    for (const root of roots) await until(() => launcherPid(binary, root) === undefined);
    expect(sanitizerReports(folder)).toBe('');
    rmSync(folder, { recursive: true });
  });
  return {
    binary,
    /** A new folder of control directories. */
    root(): string {
      const root = join(folder, `runs-${roots.length}`);
      mkdirSync(root);
      roots.push(root);
      return root;
    },
    /** One server of the launcher of this folder. */
    server(runsRoot: string): NativeLauncher {
      const launcher = new NativeLauncher({ binary, runsRoot });
      launchers.push(launcher);
      return launcher;
    },
    /** The pid of the launcher of this folder. */
    pid: (runsRoot: string) => launcherPid(binary, runsRoot),
    /** Starts the launcher of this folder, on another socket, with these words before it. */
    begin(runsRoot: string, { socket = launcherSocket(runsRoot), before = [] }: { socket?: string; before?: string[] } = {}): void {
      const [program, ...words] = [...before, binary, socket, runsRoot];
      spawn(program, words, { detached: true, stdio: 'ignore', env: {} }).unref();
    },
  };
}

function launcherPid(binary: string, runsRoot: string): number | undefined {
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      if (/procreg-launcher$/.test(words[0]) || words[0] === binary) if (words[2] === runsRoot) return Number(name);
    } catch {
      // it has ended meanwhile
    }
  }
  return undefined;
}

/** Throws when it does not come true in this time. */
export async function until(isTrue: () => boolean, withinMs = 30_000): Promise<void> {
  for (const endMs = performance.now() + withinMs; !isTrue(); await new Promise((resolve) => setTimeout(resolve, 10))) {
    if (performance.now() > endMs) throw new Error(`not true within ${withinMs} ms: ${isTrue}`);
  }
}

/** A run of `script` by the shell. */
export function shell(script: string, more: Partial<LaunchSpec> = {}): LaunchSpec {
  const terminal = { PATH: '/usr/bin:/bin', TERM: 'dumb' };
  return launchSpec({ note: 'a note', argv: ['-c', script], environment: terminal, graceMs: 500, ...more });
}

/** What the run has written to stdout, once it has ended: of a run that lived for more than a second the log is a file. */
export async function textOf(run: LaunchedProcess): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of readStream(run.openLog(), { stream: 'stdout', follow: true })) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** A connection that sends what it likes. */
export class Line {
  readonly heard: { name: string; id: string; fields: FrameFields }[] = [];
  closed = false;

  private constructor(readonly socket: Socket) {
    const splitter = new FrameSplitter();
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
    });
    socket.on('data', (chunk) => {
      for (const fields of splitter.push(chunk)) this.heard.push({ name: fields.text(), id: fields.text(), fields });
    });
  }

  static async to(runsRoot: string, path = launcherSocket(runsRoot)): Promise<Line> {
    for (;;) {
      const socket = connect(path);
      const error = await new Promise((resolve) => socket.once('connect', () => resolve(null)).once('error', resolve));
      if (!error) return new Line(socket);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  send(values: FrameValue[]): this {
    this.socket.write(encodeLaunchFrame(values));
    return this;
  }

  bytes(bytes: Buffer): this {
    this.socket.write(bytes);
    return this;
  }

  async hears(name: string, id?: string): Promise<FrameFields> {
    const found = () => this.heard.find((frame) => frame.name === name && (id === undefined || frame.id === id));
    await until(() => found() !== undefined);
    return found()!.fields;
  }

  async closes(): Promise<void> {
    await until(() => this.closed);
  }
}
