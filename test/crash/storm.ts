// A storm: runs are submitted without a pause while the server, its launcher or both are killed at random instants.
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { kill9, launcherOf } from '../support/processes.js';
import { defined, needed, shellWith } from '../support/programs.js';
import { type Seeded, seeded } from '../support/seeded.js';
import { startServer, type TestServer } from '../support/server.js';

/** The points of a run's way at which kill-point.mjs can end a server. */
export const killPoints = [
  'before-write',
  'after-write',
  'before-commit',
  'after-commit',
  'before-answer',
  'after-answer',
  'before-launch',
  'after-launch',
] as const;

export interface StormPlan {
  seed: number;
  kills: number;
  /** At least this many are acknowledged before the storm ends. */
  runs: number;
  settings: Record<string, string>;
  /** The server ends itself at one of these points, in place of kills from outside at random instants. */
  points?: readonly string[];
  /** What each run does before it sleeps, in shell. */
  prelude: string;
}

export interface Kill {
  target: 'server' | 'launcher' | 'both' | 'boot' | 'point';
  atMs: number;
}

type Asking = 'async' | 'sync' | 'key';
const askers: Asking[] = ['async', 'async', 'key', 'key', 'sync', 'sync'];

export class Storm {
  readonly folder = mkdtempSync(join(tmpdir(), 'procreg-crash-'));
  readonly dataDir = join(this.folder, 'data');
  readonly journal = join(this.folder, 'journal');
  readonly kills: Kill[] = [];
  /** The status by the id of each run that was answered with one. */
  readonly acknowledged = new Map<string, number>();
  server: TestServer | null = null;
  private child: ChildProcess | null = null;
  private definition = '';
  private over = false;
  private readonly random: Seeded;

  constructor(private readonly plan: StormPlan) {
    this.random = seeded(plan.seed);
    chmodSync(this.folder, 0o755);
    mkdirSync(this.dataDir, { mode: 0o755 });
    writeFileSync(this.journal, '');
    chmodSync(this.journal, 0o666);
  }

  /** Resolves when the storm is over and a last server runs. */
  async rage(): Promise<void> {
    await this.start();
    this.definition = await defined(this.server as TestServer, this.program());
    if (this.plan.points) await this.kill('server');
    const asking = askers.map((how) => this.ask(how, seeded(this.random.between(0, 2 ** 32))));
    while (this.kills.length < this.plan.kills || this.acknowledged.size < this.plan.runs) {
      if (this.plan.points) {
        await this.awaitPoint();
        continue;
      }
      // a third of them later, so that there is something to be adopted on a busy machine too
      await sleep(this.random.pick([this.random.between(0, 700), this.random.between(0, 700), this.random.between(700, 2500)]));
      await this.kill(this.random.pick(['server', 'launcher', 'both']));
    }
    this.over = true;
    await Promise.all(asking);
    await this.kill('server');
  }

  /** Ends what is left, by pid, and removes everything. */
  async clear(): Promise<void> {
    kill9(this.child?.pid);
    kill9(launcherOf(this.dataDir));
    await sleep(100);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private program(): object {
    const script = `${this.plan.prelude} echo "out $2"; sleep "$1"; echo "$2" >>"$3"`;
    return shellWith(script, ['${pause}', '${run_id}', this.journal], needed({ pause: { type: 'number' } }));
  }

  private async ask(how: Asking, random: Seeded): Promise<void> {
    let key = 0;
    while (!this.over) {
      if (this.isAhead) {
        await sleep(20);
        continue;
      }
      const query = `?pause=${random.between(0, 0.5).toFixed(3)}`;
      const headers = {
        ...(how !== 'sync' && { prefer: 'respond-async' }),
        ...(how === 'key' && { 'idempotency-key': `"${++key}-${random.between(0, 1)}"` }),
      };
      // the same request again until it is answered: it is one run
      while (!(await this.submit(`${this.definition}execute/${query}`, headers)) && !this.over) {
        await sleep(20);
        if (how !== 'key') break;
      }
      await sleep(random.between(0, 120));
    }
  }

  /** Runs come as the kills do, so that no backlog hides what happens at the start and at the end of a run. */
  private get isAhead(): boolean {
    const { kills, runs } = this.plan;
    return this.acknowledged.size > (runs * (this.kills.length + 1)) / kills + askers.length;
  }

  private async submit(path: string, headers: Record<string, string>): Promise<boolean> {
    const answer = await this.server?.send({ method: 'POST', path, headers }).catch(() => undefined);
    const id = answer?.headers['run-id'] as string | undefined;
    if (!answer || !id) return false;
    this.acknowledged.set(id, answer.status);
    return true;
  }

  /** The server ends itself, unless no run comes to its point in time. */
  private async awaitPoint(): Promise<void> {
    const child = this.child as ChildProcess;
    const late = setTimeout(() => kill9(child.pid), 10_000);
    await this.exited();
    clearTimeout(late);
    this.kills.push({ target: 'point', atMs: Date.now() });
    this.server = null;
    await this.start();
  }

  private async kill(target: 'server' | 'launcher' | 'both'): Promise<void> {
    const victims =
      target === 'both'
        ? this.random.pick([
            ['server', 'launcher'],
            ['launcher', 'server'],
          ])
        : [target];
    this.kills.push({ target, atMs: Date.now() });
    for (const victim of victims) {
      if (victim === 'server') kill9(this.child?.pid);
      else kill9(launcherOf(this.dataDir));
    }
    if (target === 'launcher') return;
    this.server = null;
    await this.exited();
    await sleep(this.random.between(0, 200));
    while (this.random.between(0, 1) < 0.2) await this.killBooting();
    await this.start();
  }

  /** A server that is killed while it boots, and looks what the last one left. */
  private async killBooting(): Promise<void> {
    const starting = startServer(this.settings, this.options).catch(() => {});
    await sleep(this.random.between(0, 1200));
    this.kills.push({ target: 'boot', atMs: Date.now() });
    kill9(this.child?.pid);
    await starting;
    await this.exited();
  }

  private async start(): Promise<void> {
    this.server = await startServer(this.settings, this.options);
  }

  private async exited(): Promise<void> {
    const child = this.child as ChildProcess;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  private get settings(): Record<string, string> {
    const { points, settings } = this.plan;
    return { LANES: 'io=6', GRACE: '2', ...settings, ...(points && !this.over && this.definition !== '' && this.killsItself(points)) };
  }

  private killsItself(points: readonly string[]): Record<string, string> {
    const preload = join(import.meta.dirname, 'kill-point.mjs');
    const after = Math.ceil(this.random.between(0, 12));
    return { NODE_OPTIONS: `--import=${preload}`, KILL_POINT: this.random.pick([...points]), KILL_AFTER: String(after) };
  }

  private get options() {
    return {
      dataDir: this.dataDir,
      spawned: (child: ChildProcess) => {
        this.child = child;
      },
    };
  }
}
