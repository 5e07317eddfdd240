// The table of all settings: the name, the meaning, the default and the parser of each; read once into one typed object (read-settings.ts).
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { Passwords } from '../accounts/passwords.js';
import { type DatabaseTarget, parseDatabaseUrl } from '../database/database-url.js';
import { type IsolationLevel, isolationLevels } from '../model/isolation-levels.js';
import { type AgentSettings, agentRows } from './agent-settings.js';
import { type BrowserSettings, browserRows } from './browser-settings.js';
import { type CompatName, compatNames } from './compat-names.js';
import { type RetentionSettings, retentionRows } from './retention-settings.js';
import { type RunCodeSettings, runCodeRows } from './run-code-settings.js';
import { type RunUserSettings, runUserRows } from './run-user-settings.js';
import type { SettingRow } from './setting-types.js';
import * as as from './setting-types.js';
import { type ShareSettings, shareRows } from './share-settings.js';

const cores = availableParallelism();

export interface Settings extends RetentionSettings, RunCodeSettings, AgentSettings, ShareSettings, RunUserSettings, BrowserSettings {
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
  runPath: string;
  passEnv: string[];
  defaultTimeoutMs: number;
  graceMs: number;
  maxMessageBytes: number;
  maxOutputBytes: number;
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
    what: 'name or address to listen on; a loopback address means 127.0.0.1 and ::1, and 0.0.0.0 means [::] as well',
  },
  port: { name: 'PORT', alias: 'HTTP_PORT', parse: as.port, fallback: '8000', what: 'port to listen on; 0: any free port' },
  basePath: { name: 'BASE_PATH', parse: as.pathPrefix, fallback: '', what: 'path below which a proxy serves this server' },
  trustProxy: { name: 'TRUST_PROXY', parse: as.boolean, fallback: 'false', what: 'whether to trust X-Forwarded-For of a proxy' },
  allowedHosts: {
    name: 'ALLOWED_HOSTS',
    parse: as.list,
    fallback: '',
    what: 'names and addresses that requests may have as Host, separated by commas, such as *.example.org for all names below; others are answered with 421; default: loopback names if the server only listens on loopback (with TRUST_PROXY also every forwarded name), otherwise any',
  },
  restartWaitMs: {
    name: 'RESTART_WAIT',
    parse: as.durationMs,
    shownFallback: '0 after TERM, 5 after a crash',
    what: 'how many seconds new connections wait for the next server, where the launcher keeps the address',
  },
  corsOrigins: { name: 'CORS_ORIGINS', parse: as.list, fallback: '', what: 'origins whose pages may call the API, separated by commas' },
  tlsCert: { name: 'TLS_CERT', parse: as.optionalText, what: 'file with the certificate; together with TLS_KEY it enables HTTPS' },
  tlsKey: { name: 'TLS_KEY', parse: as.optionalText, what: 'file with the key of the certificate' },
  dataDir: { name: 'DATA_DIR', parse: (value) => resolve(value), fallback: './data', what: 'folder of the database and control files' },
  workDir: {
    name: 'WORK_DIR',
    parse: (value) => resolve(value),
    what: 'folder of the work directories of programs; default: DATA_DIR/work, or a folder in the temporary folder of the system when the run user cannot reach DATA_DIR/work',
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
    what: 'process: data survives kill -9; power: data also survives a power cut',
  },
  adminUsername: { name: 'ADMIN_USERNAME', parse: as.text, fallback: 'admin', what: 'name of the first user' },
  adminPassword: {
    name: 'ADMIN_PASSWORD',
    parse: as.optionalText,
    secret: true,
    what: 'password of the first user, when that user is created; default: a password is generated and written to DATA_DIR/admin-password',
  },
  minPasswordLength: {
    name: 'MIN_PASSWORD_LENGTH',
    parse: as.countFromOne,
    fallback: '8',
    what: 'least number of characters of a new password; existing passwords stay valid',
  },
  ...browserRows,
  definitionsDir: { name: 'DEFINITIONS_DIR', parse: as.optionalText, what: 'folder of JSON and YAML definitions, applied at the start' },
  plugins: { name: 'PLUGINS', parse: as.list, fallback: '', what: 'modules with additional adapters, separated by commas (docs/plugins)' },
  lanes: {
    name: 'LANES',
    parse: as.lanes,
    fallback: `io=0,cpu=${cores},code=${cores}`,
    shownFallback: 'io=0,cpu=<cores>,code=<cores>',
    what: 'limit of active runs for each lane; 0: no limit',
  },
  queueLimit: { name: 'QUEUE_LIMIT', parse: as.wholeNumber, fallback: '100000', what: 'limit of waiting runs; more are refused with 503' },
  ...shareRows,
  isolation: {
    name: 'ISOLATION',
    parse: as.choice('auto', ...isolationLevels),
    fallback: 'auto',
    what: 'how runs are isolated; auto: pidns if possible, and a sandbox for code and commands of non-admins (docs/isolation.md)',
  },
  isolationMin: {
    name: 'ISOLATION_MIN',
    parse: as.choice(...isolationLevels),
    fallback: 'process',
    what: 'the weakest isolation with which the server starts',
  },
  launcher: {
    name: 'LAUNCHER',
    parse: as.choice('auto', 'native', 'child_process'),
    fallback: 'auto',
    what: 'what starts programs; auto, native: the native launcher, and the server does not start if it cannot run (npm start at a terminal: auto prints a warning and starts without it); child_process: Node, with fewer guarantees (docs/isolation.md)',
  },
  onShutdown: {
    name: 'ON_SHUTDOWN',
    parse: as.choice('leave', 'wait', 'stop'),
    fallback: 'leave',
    what: 'what happens to active runs when the server gets TERM: leave them for the next server, wait for their end, or stop them',
  },
  ...runUserRows,
  runPath: {
    name: 'RUN_PATH',
    parse: as.text,
    fallback: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    what: 'PATH of the programs, in which an exec without a slash is looked up',
  },
  passEnv: {
    name: 'PASS_ENV',
    parse: as.list,
    fallback: '',
    what: 'names of variables in the environment of the server that programs get, separated by commas',
  },
  defaultTimeoutMs: {
    name: 'DEFAULT_TIMEOUT',
    alias: 'PROCESS_TIMEOUT',
    parse: as.durationMs,
    fallback: '300',
    what: 'timeout of a synchronous run whose definition has none; 0: no timeout',
  },
  graceMs: { name: 'GRACE', parse: as.durationMs, fallback: '5', what: 'time between TERM and KILL, for a stop and for a shutdown' },
  maxMessageBytes: {
    name: 'MAX_MESSAGE_BYTES',
    parse: as.sizeBytes,
    fallback: '1GiB',
    what: 'largest message; messages are streamed and never held in memory',
  },
  maxOutputBytes: { name: 'MAX_OUTPUT_BYTES', parse: as.sizeBytes, fallback: '1GiB', what: 'limit of the output of one run' },
  ...retentionRows,
  diskWatermarkBytes: {
    name: 'DISK_WATERMARK',
    parse: as.sizeBytes,
    shownFallback: '5 % of the disk or 1 GiB, whichever is smaller',
    what: 'least free space on the disk of DATA_DIR; with less, new runs are refused with 507',
  },
  compat: {
    name: 'COMPAT',
    parse: as.choices(...compatNames),
    emptyCounts: true,
    fallback: compatNames.join(','),
    what: 'the enabled interfaces of older systems, separated by commas; none or empty: only the API of this server',
  },
  ...runCodeRows,
  ...agentRows,
  defaultOutputDirName: {
    name: 'DEFAULT_OUTPUT_DIR_NAME',
    parse: as.relativePath,
    fallback: 'output',
    what: 'for POST /process: the folder whose files are the output, if the request names none',
  },
  alwaysReturnData: {
    name: 'ALWAYS_RETURN_DATA',
    parse: as.boolean,
    fallback: 'false',
    what: 'as in tastypie: whether responses to writes contain the data',
  },
  amqpUrl: { name: 'AMQP_URL', parse: as.amqpUrl, secret: true, what: 'RabbitMQ for bindings, amqp://user:password@host:port/vhost' },
  logLevel: {
    name: 'LOG_LEVEL',
    parse: as.choice('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    fallback: 'info',
    what: 'the lowest level that is logged',
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
