// A private RabbitMQ: its own folder, ports and epmd, ended by process id; what it holds stays from one start to the next.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'amqplib';
import { afterAll } from 'vitest';
import { freePort } from './free-port.js';

const patienceMs = 60_000;

/** What a test that failed has not stopped. */
const prepared = new Set<RabbitMq>();
afterAll(async () => {
  for (const rabbit of [...prepared]) await rabbit.stop();
});

export class RabbitMq {
  private broker: ChildProcess | null = null;
  private said = '';

  private constructor(
    private readonly folder: string,
    private readonly ports: { amqp: number; distribution: number; epmd: number },
    private readonly epmd: ChildProcess,
  ) {}

  /** Without a broker yet: its address refuses. */
  static async prepare(): Promise<RabbitMq> {
    const ports = { amqp: await freePort(), distribution: await freePort(), epmd: await freePort() };
    const folder = mkdtempSync(join(tmpdir(), 'procreg-rabbitmq-'));
    writeFileSync(join(folder, 'plugins'), '[].');
    writeFileSync(join(folder, 'rabbitmq.conf'), '');
    const epmd = spawn('epmd', ['-port', String(ports.epmd), '-address', '127.0.0.1'], { stdio: 'ignore' });
    const rabbit = new RabbitMq(folder, ports, epmd);
    prepared.add(rabbit);
    return rabbit;
  }

  static async start(): Promise<RabbitMq> {
    const rabbit = await RabbitMq.prepare();
    await rabbit.start();
    return rabbit;
  }

  get url(): string {
    return `amqp://guest:guest@127.0.0.1:${this.ports.amqp}`;
  }

  /** Resolves when it takes connections. */
  async start(): Promise<void> {
    const broker = spawn('/usr/lib/rabbitmq/bin/rabbitmq-server', [], { env: this.environment });
    this.broker = broker;
    this.said = '';
    for (const stream of [broker.stdout, broker.stderr]) stream?.on('data', (chunk) => (this.said = (this.said + chunk).slice(-20_000)));
    const untilMs = performance.now() + patienceMs;
    while (!(await this.answers())) {
      if (broker.exitCode !== null) throw new Error(`RabbitMQ ended with ${broker.exitCode}: ${this.said}`);
      if (performance.now() > untilMs) throw new Error(`RabbitMQ does not answer: ${this.said}`);
      await sleep(50);
    }
  }

  /** kill -9; resolves when it is gone. */
  async kill(): Promise<void> {
    await ended(this.broker, 'SIGKILL');
    this.broker = null;
  }

  /** Ends it and its epmd, and removes what it held. */
  async stop(): Promise<void> {
    prepared.delete(this);
    await ended(this.broker, 'SIGKILL');
    await ended(this.epmd, 'SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get environment(): Record<string, string> {
    const { amqp, distribution, epmd } = this.ports;
    return {
      PATH: `${process.env.PATH}:/usr/sbin`,
      LANG: 'C.UTF-8',
      HOME: this.folder,
      // it replaces its shell then, so that its pid is the one that was started
      RUNNING_UNDER_SYSTEMD: 'true',
      RABBITMQ_NODENAME: `procreg${amqp}@localhost`,
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: String(amqp),
      RABBITMQ_DIST_PORT: String(distribution),
      RABBITMQ_MNESIA_BASE: join(this.folder, 'mnesia'),
      RABBITMQ_LOG_BASE: join(this.folder, 'log'),
      RABBITMQ_LOGS: '-',
      RABBITMQ_ENABLED_PLUGINS_FILE: join(this.folder, 'plugins'),
      RABBITMQ_CONFIG_FILE: join(this.folder, 'rabbitmq'),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+sbwt none +S 1:1',
      ERL_EPMD_PORT: String(epmd),
      ERL_EPMD_ADDRESS: '127.0.0.1',
    };
  }

  private async answers(): Promise<boolean> {
    if (!(await listens(this.ports.amqp))) return false;
    const connection = await connect(this.url).catch(() => null);
    connection?.on('error', () => {});
    await connection?.close().catch(() => {});
    return connection !== null;
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function ended(child: ChildProcess | null, signal: NodeJS.Signals): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
