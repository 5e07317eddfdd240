// Guards every query of the data source: errors of the driver become faults with a code, and no query hangs.
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import type { Availability } from './availability.js';
import { type DatabaseFault, databaseFault } from './faults.js';
import { sqliteConnection } from './sqlite-connection.js';

/** For how long a read outside a transaction that meets a lock is repeated. */
const patienceMs = 1000;
const pauseMs = 20;
/** After this time a query may be hanging: the server is asked whether it is alive, and again after each further such time. */
const suspectMs = 2500;
const pingMs = 1000;
/** The longest that a query may take, even when the server is alive. */
const longestMs = 60_000;

type Query = QueryRunner['query'];
type Means = { dataSource: DataSource; availability: Availability };

/** To be called once the migrations are done: from then on SQLite's own waiting, which stops the event loop, is off. */
export function guardQueries(dataSource: DataSource, availability: Availability): void {
  sqliteConnection(dataSource)?.pragma('busy_timeout = 0');
  const guarded = new WeakSet<QueryRunner>();
  const create = dataSource.createQueryRunner.bind(dataSource);
  dataSource.createQueryRunner = (mode) => {
    const runner = create(mode);
    // SQLite has a single query runner
    if (!guarded.has(runner)) runner.query = guard(runner, { dataSource, availability }) as Query;
    guarded.add(runner);
    return runner;
  };
}

function guard(runner: QueryRunner, { dataSource, availability }: Means): Query {
  const query = runner.query.bind(runner) as Query;
  const sqlite = sqliteConnection(dataSource);
  const run = (sqlite ? query : (...call: Parameters<Query>) => watched(runner, dataSource, () => query(...call))) as Query;
  return (async (...call: Parameters<Query>) => {
    // a query in a transaction is repeated with the whole transaction, by the code that began it
    const isAlone = /^\s*SELECT/i.test(call[0]) && !runner.isTransactionActive && !sqlite?.inTransaction;
    const beganMs = performance.now();
    for (let tries = 1; ; tries++) {
      try {
        return await run(...call);
      } catch (error) {
        const fault = databaseFault(error);
        if (!fault) throw error;
        // a connection may have died while nobody used it
        const mayRepeat = isAlone && (fault.isContention ? performance.now() - beganMs < patienceMs : tries === 1);
        if (!mayRepeat) throw tellOf(fault, availability);
      }
      await sleep(pauseMs);
    }
  }) as Query;
}

function tellOf(fault: DatabaseFault, availability: Availability): DatabaseFault {
  if (!fault.isContention) availability.lost(fault);
  return fault;
}

/** A server that was stopped, or cut off, does not answer at all: its connection is given up. */
async function watched<Result>(runner: QueryRunner, dataSource: DataSource, query: () => Promise<Result>): Promise<Result> {
  const answer = query();
  const silence = watchSilence(dataSource, () => {
    destroyConnection(runner);
    // the query may have waited for a connection, which nobody would release
    void answer.catch(() => {}).finally(() => destroyConnection(runner));
  });
  try {
    return await Promise.race([answer, silence.over]);
  } finally {
    silence.end();
  }
}

function watchSilence(dataSource: DataSource, giveUp: () => void): { over: Promise<never>; end: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const beganMs = performance.now();
  const over = new Promise<never>((_, reject) => {
    const look = async () => {
      if (performance.now() - beganMs < longestMs && (await isAlive(dataSource))) {
        if (timer) timer = setTimeout(look, suspectMs);
        return;
      }
      if (!timer) return;
      giveUp();
      reject(Object.assign(new Error('the server does not answer'), { code: 'ETIMEDOUT', fatal: true }));
    };
    timer = setTimeout(look, suspectMs);
  });
  over.catch(() => {});
  return {
    over,
    end: () => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

interface MysqlOptions {
  host: string;
  port: number;
  username: string;
  password: string;
  database: string;
}

async function isAlive({ options }: DataSource): Promise<boolean> {
  const { createConnection } = await import('mysql2/promise');
  const { host, port, username: user, password, database } = options as unknown as MysqlOptions;
  const asked = createConnection({ host, port, user, password, database, connectTimeout: pingMs });
  const alive = asked.then(async (ping) => {
    try {
      await ping.query({ sql: 'SELECT 1', timeout: pingMs });
      return true;
    } finally {
      ping.destroy();
    }
  });
  return Promise.race([alive.catch(() => false), sleep(2 * pingMs, false, { ref: false })]);
}

function destroyConnection(runner: QueryRunner): void {
  (runner as unknown as { databaseConnection?: { destroy(): void } }).databaseConnection?.destroy();
}
