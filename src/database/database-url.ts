// Parses DATABASE_URL: sqlite:FILE, or mysql://user:password@host:port/database.

export type DatabaseTarget =
  | { kind: 'sqlite'; file: string }
  | { kind: 'mysql'; host: string; port: number; user: string; password: string; database: string };

const allowed =
  'sqlite:FILE or mysql://user:password@host:port/database, where @ / ? # % and spaces in the user and the password are written as %40 %2F %3F %23 %25 %20';

/** Throws an Error that says what is allowed, without any part of the text. */
export function parseDatabaseUrl(text: string): DatabaseTarget {
  const target = text.startsWith('sqlite:') ? sqliteTarget(text.slice(7)) : mysqlTarget(text);
  if (!target) throw new Error(allowed);
  return target;
}

/** An address after sqlite: is a mistake, and would be printed as the name of a file. */
function sqliteTarget(path: string): DatabaseTarget | null {
  if (path === '' || /:\/\/|^\/\/[^/]*@|\p{Cc}/u.test(path)) return null;
  return { kind: 'sqlite', file: path.replace(/^\/\/(?=\/)/, '') };
}

/** A part of the password that was not escaped would become the host or the database, and would be printed: so each part is checked. */
function mysqlTarget(text: string): DatabaseTarget | null {
  if (!/^(mysql|mariadb):\/\/[^\p{Cc}]+$/u.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  const [host, user, password, database] = [url.hostname, url.username, url.password, url.pathname.slice(1)].map(decoded);
  if (url.search || url.hash || !host || !database || user === undefined || password === undefined) return null;
  if (!/^[\w.:[\]-]+$/.test(host) || /[/@\\]/.test(url.pathname.slice(1))) return null;
  return { kind: 'mysql', host, port: Number(url.port || 3306), user, password, database };
}

/** Undefined where a % stands for itself. */
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
