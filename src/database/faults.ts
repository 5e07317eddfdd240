// Tells errors that mean that the database is not available for now, which are tried again, from errors of a wrong statement.
import { CodedError } from '../model/coded-error.js';

/** After how many seconds a client that was refused may try again. */
const retryAfterSeconds = 5;

/** The errors that drivers and TypeORM throw. */
interface DriverError extends Error {
  code?: string;
  sqlState?: string;
  errno?: number;
  fatal?: boolean;
  driverError?: DriverError;
}

/** The database cannot be used now; the same work may succeed later. */
export class DatabaseFault extends CodedError {
  constructor(
    what: string,
    readonly cause: Error,
    /** Other clients hold a lock; usually they release it soon. */
    readonly isContention = false,
  ) {
    super(what === fullDisk ? 'disk_full' : 'database_unreachable', `the database ${what}`, { retryAfterSeconds });
  }
}

/** The connection broke off while a transaction was being committed: it is unknown whether the transaction is stored. */
export class UnsureCommit extends DatabaseFault {
  constructor(fault: DatabaseFault) {
    super('broke off at the end of this change: check whether the change was stored before you repeat it', fault.cause);
  }
}

const fullDisk = 'has no space left on its disk';
const locked = 'is locked by other clients';
const readOnly = 'is read-only';
const unreachable = 'does not answer';

/** SQLite's result codes, without their extension, for faults of our own statements. */
const sqliteMistakes = /^SQLITE_(ERROR|CONSTRAINT|MISMATCH|RANGE|TOOBIG|MISUSE|AUTH|ABORT|INTERRUPT|SCHEMA|EMPTY|NOLFS|FORMAT)(_|$)/;
const sqliteFaults: [RegExp, string][] = [
  [/^SQLITE_(BUSY|LOCKED|PROTOCOL)/, locked],
  [/^SQLITE_FULL/, fullDisk],
  [/^SQLITE_(READONLY|PERM)/, readOnly],
  [/^SQLITE_IOERR/, 'cannot be read or written on its disk'],
];

/** Classes of SQLSTATE for wrong statements and wrong values; `mysqlDenials` are numbers of these classes that concern the server. */
const mysqlMistakes = /^(07|20|21|22|23|42)/;
const mysqlDenials = [1044, 1049, 1142, 1143, 1146, 1203, 1226];
/** Wrong values that have the general SQLSTATE. */
const mysqlWrongValues = [1267, 1364, 1366, 1406, 1411, 1690];
const mysqlFaults: [number[], string][] = [
  [[1205, 1213, 1099, 1223], locked],
  [[1021, 1114, 1041, 1037, 28], fullDisk],
  [[1290, 1792, 1836, 1223], readOnly],
  [[1040, 1203, 1226, 1129], 'does not accept more connections'],
];
const networkCodes = /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_|ENOENT|EACCES|EMFILE|ENFILE|PROTOCOL_|HANDSHAKE_)/;
const closed = /database connection is not open|closed state|Pool is closed|DataSource is not|Connection is not established/;

/** Null: `error` does not come from the database, or a statement of this project is wrong. */
export function databaseFault(error: unknown): DatabaseFault | null {
  if (error instanceof DatabaseFault) return error;
  if (error instanceof CodedError || !(error instanceof Error)) return null;
  const driver = (error as DriverError).driverError ?? (error as DriverError);
  const { code = '', message } = driver;
  const what = code.startsWith('SQLITE_') ? sqliteWhat(code, message) : mysqlWhat(driver);
  return what === null ? null : new DatabaseFault(what, driver, what === locked);
}

function sqliteWhat(code: string, message: string): string | null {
  // the tables exist from the migrations on, unless something else has replaced the file
  if (/no such table/.test(message)) return 'has lost its tables';
  if (sqliteMistakes.test(code)) return null;
  return sqliteFaults.find(([pattern]) => pattern.test(code))?.[1] ?? 'cannot be used';
}

function mysqlWhat({ code = '', sqlState, errno = 0, fatal, message }: DriverError): string | null {
  if (sqlState === undefined || fatal) return fatal || networkCodes.test(code) || closed.test(message) ? known(errno) : null;
  if (mysqlWrongValues.includes(errno)) return null;
  return mysqlMistakes.test(sqlState) && !mysqlDenials.includes(errno) ? null : known(errno);
}

const known = (errno: number) => mysqlFaults.find(([numbers]) => numbers.includes(errno))?.[1] ?? unreachable;

/** Whether the server itself refused the transaction, which is then certainly not stored. */
export function isRefusal({ cause }: DatabaseFault): boolean {
  const { sqlState = '', fatal, code = '' } = cause as DriverError;
  return code.startsWith('SQLITE_') || (sqlState !== '' && !sqlState.startsWith('08') && !fatal);
}
