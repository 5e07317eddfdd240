// Which errors of the drivers mean that the database is away, and which are faults of the server.
import { describe, expect, test } from 'vitest';
import { databaseFault, isRefusal } from '../../src/database/faults.js';

const thrown = (fields: object, message = 'x') => Object.assign(new Error(message), fields);
const mysql = (errno: number, sqlState: string, more: object = {}) => thrown({ code: `ER_${errno}`, errno, sqlState, ...more });

describe('the database is said to be away', () => {
  test.each([
    ['SQLITE_BUSY', 'is locked by other clients'],
    ['SQLITE_BUSY_SNAPSHOT', 'is locked by other clients'],
    ['SQLITE_LOCKED_SHAREDCACHE', 'is locked by other clients'],
    ['SQLITE_FULL', 'has no space left on its disk'],
    ['SQLITE_READONLY_DBMOVED', 'is read-only'],
    ['SQLITE_IOERR_WRITE', 'cannot be read or written on its disk'],
    ['SQLITE_CANTOPEN', 'cannot be used'],
    ['SQLITE_CORRUPT', 'cannot be used'],
    ['SQLITE_NOTADB', 'cannot be used'],
  ])('at %s of SQLite', (code, what) => {
    const fault = databaseFault(thrown({ code }));
    expect(fault?.message).toBe(`the database ${what}`);
    expect(fault?.fields).toEqual({ retryAfterSeconds: 5 });
    expect(isRefusal(fault!)).toBe(true);
  });

  test.each([
    [mysql(1040, '08004', { fatal: true }), 'does not accept more connections'],
    [mysql(1203, '42000'), 'does not accept more connections'],
    [mysql(1053, '08S01'), 'does not answer'],
    [mysql(1205, 'HY000'), 'is locked by other clients'],
    [mysql(1213, '40001'), 'is locked by other clients'],
    [mysql(1290, 'HY000'), 'is read-only'],
    [mysql(1792, '25006'), 'is read-only'],
    [mysql(1114, 'HY000'), 'has no space left on its disk'],
    [mysql(1049, '42000'), 'does not answer'],
    [mysql(1146, '42S02'), 'does not answer'],
    [mysql(1045, '28000', { fatal: true }), 'does not answer'],
    [mysql(1927, '70100'), 'does not answer'],
    [thrown({ code: 'ECONNREFUSED', fatal: true }), 'does not answer'],
    [thrown({ code: 'PROTOCOL_CONNECTION_LOST', fatal: true }), 'does not answer'],
    [thrown({ code: 'ECONNRESET' }), 'does not answer'],
    [thrown({}, "Can't add new command when connection is in closed state"), 'does not answer'],
    [thrown({}, 'Pool is closed.'), 'does not answer'],
  ])('at %o of MySQL', (error, what) => {
    expect(databaseFault(error)?.message).toBe(`the database ${what}`);
  });
});

describe('a fault of the server is assumed', () => {
  test.each([
    thrown({ code: 'SQLITE_CONSTRAINT_UNIQUE' }),
    thrown({ code: 'SQLITE_ERROR' }, 'near "SELEC": syntax error'),
    mysql(1062, '23000'),
    mysql(1064, '42000'),
    mysql(1406, '22001'),
    mysql(1366, 'HY000'),
    new TypeError('x is not a function'),
    'no error at all',
  ])('at %o', (error) => {
    expect(databaseFault(error)).toBeNull();
  });
});
