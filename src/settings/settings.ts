// Every setting: its name, what it means, its default, how it reads; read once into one typed object (read-settings.ts).
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { Passwords } from '../accounts/passwords.js';
import { type DatabaseTarget, parseDatabaseUrl } from '../database/database-url.js';
import { type IsolationLevel, isolationLevels } from '../model/isolation-levels.js';
import { type AgentSettings, agentRows } from './agent-settings.js';
import { type CompatName, compatNames } from './compat-names.js';
import { type RunCodeSettings, runCodeRows } from './run-code-settings.js';
import type { SettingRow } from './setting-types.js';
import * as as from './setting-types.js';

const cores = availableParallelism();

export interface Settings extends RunCodeSettings, AgentSettings {
  host: string;
  port: number;
  basePath: string;
  trustProxy: boolean;
  allowedHosts: string[];
  restartWaitMs: number | undefined;
  corsOrigins: string[];
  tlsCert: string | undefined;
  tlsKey: string | undefined;
  dataDir: string;
  workDir: string | undefined;
  database: DatabaseTarget | undefined;
  durability: 'process' | 'power';
  adminUsername: string;
  adminPassword: string | undefined;
  minPasswordLength: number;
  definitionsDir: string | undefined;
  plugins: string[];
  lanes: Record<string, number>;
  queueLimit: number;
  isolation: 'auto' | IsolationLevel;
  isolationMin: IsolationLevel;
  launcher: 'auto' | 'native' | 'child_process';
  onShutdown: 'leave' | 'wait' | 'stop';
  runAs: string | undefined;
  runUids: { first: number; last: number };
  runPath: string;
  passEnv: string[];
  defaultTimeoutMs: number;
  graceMs: number;
  maxMessageBytes: number;
  maxOutputBytes: number;
  retentionDays: number;
  retentionBytes: number;
  diskWatermarkBytes: number | undefined;
  compat: CompatName[];
  defaultOutputDirName: string;
  alwaysReturnData: boolean;
  amqpUrl: string | undefined;
  logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  logFormat: 'pretty' | 'json' | undefined;
  logFile: string | undefined;
}

export const settingRows: { [Key in keyof Settings]: SettingRow<Settings[Key]> } = {
  host: {
    name: 'HOST',
    parse: as.text,
    fallback: '127.0.0.1',
    what: 'name or address to listen on; loopback: 127.0.0.1 and ::1, 0.0.0.0: [::] too',
  },
  port: { name: 'PORT', alias: 'HTTP_PORT', parse: as.port, fallback: '8000', what: 'port to listen on; 0: any, printed' },
  basePath: { name: 'BASE_PATH', parse: as.pathPrefix, fallback: '', what: 'path below which a proxy serves everything' },
  trustProxy: { name: 'TRUST_PROXY', parse: as.boolean, fallback: 'false', what: "believe a proxy's X-Forwarded-For" },
  allowedHosts: {
    name: 'ALLOWED_HOSTS',
    parse: as.list,
    fallback: '',
    what: 'names and addresses that requests may give as Host, separated by commas, *.example.org for all below; others are a 421; default: loopback names where only loopback is listened on (with TRUST_PROXY whatever is forwarded), else any',
  },
  restartWaitMs: {
    name: 'RESTART_WAIT',
    parse: as.durationMs,
    shownFallback: '0 after TERM, 5 after a crash',
    what: 'seconds for which new connections wait for the next server, where the launcher keeps the address',
  },
  corsOrigins: { name: 'CORS_ORIGINS', parse: as.list, fallback: '', what: 'origins whose pages may call the API, separated by commas' },
  tlsCert: { name: 'TLS_CERT', parse: as.optionalText, what: 'file with the certificate; with TLS_KEY, HTTPS is served' },
  tlsKey: { name: 'TLS_KEY', parse: as.optionalText, what: 'file with its key' },
  dataDir: { name: 'DATA_DIR', parse: (value) => resolve(value), fallback: './data', what: 'database and control directories' },
  workDir: {
    name: 'WORK_DIR',
    parse: (value) => resolve(value),
    what: "the programs' work directories; default: DATA_DIR/work, or a folder under the system's temporary one when the run user cannot reach that",
  },
  database: {
    name: 'DATABASE_URL',
    parse: parseDatabaseUrl,
    secret: true,
    what: 'sqlite:FILE or mysql://user:password@host:port/database; default: DATA_DIR/registry.sqlite',
  },
  durability: {
    name: 'DURABILITY',
    parse: as.choice('process', 'power'),
    fallback: 'process',
    what: 'process: survives kill -9; power: also a power cut',
  },
  adminUsername: { name: 'ADMIN_USERNAME', parse: as.text, fallback: 'admin', what: 'name of the first user' },
  adminPassword: {
    name: 'ADMIN_PASSWORD',
    parse: as.optionalText,
    secret: true,
    what: 'password of the first user, when it is made; default: one is generated and written to DATA_DIR/admin-password',
  },
  minPasswordLength: {
    name: 'MIN_PASSWORD_LENGTH',
    parse: as.countFromOne,
    fallback: '8',
    what: 'characters that a password has at least when it is set; those that were set before go on working',
  },
  definitionsDir: { name: 'DEFINITIONS_DIR', parse: as.optionalText, what: 'folder of JSON and YAML definitions, applied at boot by name' },
  plugins: { name: 'PLUGINS', parse: as.list, fallback: '', what: 'modules with further adapters, separated by commas (docs/plugins)' },
  lanes: {
    name: 'LANES',
    parse: as.lanes,
    fallback: `io=0,cpu=${cores},code=${cores}`,
    shownFallback: 'io=0,cpu=<cores>,code=<cores>',
    what: 'runs at once by lane; 0: no limit',
  },
  queueLimit: { name: 'QUEUE_LIMIT', parse: as.wholeNumber, fallback: '100000', what: 'runs that may wait; more are refused with 503' },
  isolation: {
    name: 'ISOLATION',
    parse: as.choice('auto', ...isolationLevels),
    fallback: 'auto',
    what: 'how runs are isolated; auto: pidns where it is possible, and a sandbox for code and commands of non-admins (docs/isolation.md)',
  },
  isolationMin: {
    name: 'ISOLATION_MIN',
    parse: as.choice(...isolationLevels),
    fallback: 'process',
    what: 'with less than this the server does not start',
  },
  launcher: {
    name: 'LAUNCHER',
    parse: as.choice('auto', 'native', 'child_process'),
    fallback: 'auto',
    what: 'what starts programs; auto, native: the native launcher, and where it cannot run the server does not start (npm start at a terminal: auto warns and goes on without); child_process: Node, with fewer promises (docs/isolation.md)',
  },
  onShutdown: {
    name: 'ON_SHUTDOWN',
    parse: as.choice('leave', 'wait', 'stop'),
    fallback: 'leave',
    what: 'TERM to the server: leave runs going for the next server, wait for their end, or stop them',
  },
  runAs: {
    name: 'RUN_AS',
    parse: as.optionalText,
    what: "whom programs run as: dynamic (a uid per run; the default as root), or a user's name; default otherwise: the server's user",
  },
  runUids: { name: 'RUN_UIDS', parse: as.uidRange, fallback: '700000-765535', what: 'the user ids for RUN_AS=dynamic' },
  runPath: {
    name: 'RUN_PATH',
    parse: as.text,
    fallback: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    what: 'PATH of the programs, where a bare exec is looked up',
  },
  passEnv: {
    name: 'PASS_ENV',
    parse: as.list,
    fallback: '',
    what: "variables of the server's environment that programs get, separated by commas",
  },
  defaultTimeoutMs: {
    name: 'DEFAULT_TIMEOUT',
    alias: 'PROCESS_TIMEOUT',
    parse: as.durationMs,
    fallback: '300',
    what: 'timeout of a synchronous run whose definition names none; 0: none',
  },
  graceMs: { name: 'GRACE', parse: as.durationMs, fallback: '5', what: 'between TERM and KILL, of a stop and of a shutdown' },
  maxMessageBytes: {
    name: 'MAX_MESSAGE_BYTES',
    parse: as.sizeBytes,
    fallback: '1GiB',
    what: 'largest message; streamed, never held in memory',
  },
  maxOutputBytes: { name: 'MAX_OUTPUT_BYTES', parse: as.sizeBytes, fallback: '1GiB', what: 'the most that one run may write' },
  retentionDays: {
    name: 'RETENTION_DAYS',
    parse: as.days,
    fallback: '30',
    what: 'days after its end, or after it was made when it was never started, for which a run is kept, where its definition does not say; 0: for ever',
  },
  retentionBytes: {
    name: 'RETENTION_BYTES',
    parse: as.sizeBytes,
    fallback: '10GiB',
    what: 'what finished runs may take; beyond it the oldest go, but none younger than a day; 0: no bound',
  },
  diskWatermarkBytes: {
    name: 'DISK_WATERMARK',
    parse: as.sizeBytes,
    shownFallback: '5 % of the disk or 1 GiB, whichever is smaller',
    what: 'with less free on the disk of DATA_DIR nothing new is started: 507',
  },
  compat: {
    name: 'COMPAT',
    parse: as.choices(...compatNames),
    fallback: compatNames.join(','),
    what: 'which interfaces of older systems are served, separated by commas; none: only the API of this server',
  },
  ...runCodeRows,
  ...agentRows,
  defaultOutputDirName: {
    name: 'DEFAULT_OUTPUT_DIR_NAME',
    parse: as.relativePath,
    fallback: 'output',
    what: 'of POST /process: the folder whose files are the output, where the request names none',
  },
  alwaysReturnData: {
    name: 'ALWAYS_RETURN_DATA',
    parse: as.boolean,
    fallback: 'false',
    what: "tastypie's switch: writes answer with the data",
  },
  amqpUrl: { name: 'AMQP_URL', parse: as.amqpUrl, secret: true, what: 'RabbitMQ for bindings, amqp://user:password@host:port/vhost' },
  logLevel: {
    name: 'LOG_LEVEL',
    parse: as.choice('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    fallback: 'info',
    what: 'the least that is logged',
  },
  logFormat: { name: 'LOG_FORMAT', parse: as.choice('pretty', 'json'), what: 'pretty or json; default: pretty on a terminal, else json' },
  logFile: { name: 'LOG_FILE', parse: as.optionalText, what: 'file to log to; default: stderr' },
};

/** Where the generated password of the first user is kept. */
export function adminPasswordFile({ dataDir }: Settings): string {
  return join(dataDir, 'admin-password');
}

export function passwordsOf(settings: Settings): Passwords {
  return new Passwords(settings.minPasswordLength, { username: settings.adminUsername, file: adminPasswordFile(settings) });
}

export function databaseTarget(settings: Settings): DatabaseTarget {
  return settings.database ?? { kind: 'sqlite', file: join(settings.dataDir, 'registry.sqlite') };
}
