// A storm over a binding: messages come without a pause while the broker and the server are killed again and again.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { BrokerClient } from '../support/broker-client.js';
import { kill9, launcherOf } from '../support/processes.js';
import { defined, shellWith } from '../support/programs.js';
import { RabbitMq } from '../support/rabbitmq.js';
import { type Seeded, seeded } from '../support/seeded.js';
import { startServer, type TestServer } from '../support/server.js';

export interface StormPlan {
  seed: number;
  messages: number;
  brokerKills: number;
  serverKills: number;
}

export const maxTries = 2;
const [input, output] = ['storm.in', 'storm.out'];
const collecting = `streams.${output}.collected`;
/** Published but not confirmed at once. */
const publishers = 4;

/** One in twenty fails, each time. */
export const isBad = (id: string) => id.endsWith('bad');
const idOf = (index: number) => `m${index}${index % 20 === 7 ? '-bad' : ''}`;

export interface RecordedRun {
  id: string;
  state: string;
  end_reason: string;
  success: number;
  trigger: { message_id: string; redelivered: boolean };
}

export class MessageStorm {
  readonly folder = mkdtempSync(join(tmpdir(), 'procreg-storm-'));
  readonly ids: string[];
  kills = 0;
  server: TestServer | null = null;
  private readonly journal = join(this.folder, 'journal');
  private readonly dataDir = join(this.folder, 'data');
  private readonly random: Seeded;
  private child: ChildProcess | null = null;
  private confirmed = 0;

  private constructor(
    private readonly plan: StormPlan,
    readonly rabbit: RabbitMq,
  ) {
    this.random = seeded(plan.seed);
    this.ids = Array.from({ length: plan.messages }, (_, index) => idOf(index));
    chmodSync(this.folder, 0o755);
    mkdirSync(this.dataDir, { mode: 0o755 });
    writeFileSync(this.journal, '');
    chmodSync(this.journal, 0o666);
  }

  static async prepare(plan: StormPlan): Promise<MessageStorm> {
    return new MessageStorm(plan, await RabbitMq.start());
  }

  /** Resolves when each message was confirmed to its publisher, every kill is done, and all is up again. */
  async rage(): Promise<string> {
    await this.startServer();
    const client = await BrokerClient.connect(this.rabbit.url);
    await client.collect(output, collecting);
    await client.close();
    const binding = await this.bind();
    const waiting = [...this.ids];
    const publishing = Array.from({ length: publishers }, () => this.publishAll(waiting));
    const victims = [...Array(this.plan.brokerKills).fill('broker'), ...Array(this.plan.serverKills).fill('server')];
    while (victims.length > 0) {
      await sleep(this.random.between(100, 1500));
      const [victim] = victims.splice(Math.floor(this.random.between(0, victims.length)), 1);
      await (victim === 'broker' ? this.killBroker() : this.killServer());
    }
    await Promise.all(publishing);
    return binding;
  }

  /** What was collected of the outputs, and what became dead letters, by the id of the message, in the order of arrival. */
  async collected(): Promise<{ outputs: string[]; dead: string[]; bodies: Map<string, string> }> {
    const client = await BrokerClient.connect(this.rabbit.url);
    const [outputs, dead] = [await client.take(collecting), await client.take(`streams.${input}.dead`)];
    let last = -1;
    while (outputs.messages.length + dead.messages.length > last) {
      last = outputs.messages.length + dead.messages.length;
      await sleep(500);
    }
    await client.close();
    const answered = outputs.messages.map(({ properties }) => String(properties.correlationId));
    const bodies = new Map(outputs.messages.map(({ content }, index) => [answered[index], content.toString()]));
    return { outputs: answered, dead: dead.messages.map(({ properties }) => String(properties.messageId)), bodies };
  }

  runs(): RecordedRun[] {
    const database = new Database(join(this.dataDir, 'registry.sqlite'), { readonly: true });
    try {
      const rows = database.prepare('SELECT id, state, end_reason, success, triggered_by FROM run').all() as (RecordedRun & {
        triggered_by: string;
      })[];
      return rows.map((row) => ({ ...row, trigger: JSON.parse(row.triggered_by) }));
    } finally {
      database.close();
    }
  }

  /** How often each message's program began. */
  begun(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const id of readFileSync(this.journal, 'utf8').split('\n').filter(Boolean)) counts.set(id, (counts.get(id) ?? 0) + 1);
    return counts;
  }

  async clear(): Promise<void> {
    kill9(this.child?.pid);
    kill9(launcherOf(this.dataDir));
    await this.rabbit.stop();
    await sleep(100);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async bind(): Promise<string> {
    const script = 'read -r id; echo "$id" >>"$1"; sleep "0.0$(($$ % 10))"; case $id in *bad) exit 7;; *) echo "done $id";; esac';
    const server = this.server as TestServer;
    const definition = await defined(server, shellWith(script, [this.journal]));
    const ends = { input: { stream: input }, output: { stream: output } };
    const body = { definition, ...ends, concurrency: 8, max_tries: maxTries };
    return (await server.send({ method: 'POST', path: '/api/binding/', body })).json.resource_uri;
  }

  /** Each message again until it is confirmed; they come as the kills do, so that every kill meets some. */
  private async publishAll(waiting: string[]): Promise<void> {
    let client: BrokerClient | null = null;
    while (waiting.length > 0) {
      if (this.isAhead) {
        await sleep(10);
        continue;
      }
      const id = waiting.shift() as string;
      while (!(await this.publish(client, id))) {
        await client?.close();
        client = await BrokerClient.connect(this.rabbit.url).catch(() => null);
        await sleep(50);
      }
    }
    await client?.close();
  }

  private async publish(client: BrokerClient | null, id: string): Promise<boolean> {
    if (!client) return false;
    try {
      await client.publish(input, `${id}\n`, { messageId: id });
      this.confirmed++;
      return true;
    } catch {
      return false;
    }
  }

  private get isAhead(): boolean {
    const all = this.plan.brokerKills + this.plan.serverKills + 1;
    return this.confirmed >= (this.plan.messages * (this.kills + 1)) / all;
  }

  private async killBroker(): Promise<void> {
    await this.rabbit.kill();
    this.kills++;
    await this.rabbit.start();
  }

  private async killServer(): Promise<void> {
    const child = this.child as ChildProcess;
    kill9(child.pid);
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    this.kills++;
    await this.startServer();
  }

  private async startServer(): Promise<void> {
    const spawned = (child: ChildProcess) => {
      this.child = child;
    };
    this.server = await startServer({ AMQP_URL: this.rabbit.url }, { dataDir: this.dataDir, spawned });
  }
}
