// What DATABASE_URL says: sqlite:FILE, or mysql://user:password@host:port/database.

export type DatabaseTarget =
  | { kind: 'sqlite'; file: string }
  | { kind: 'mysql'; host: string; port: number; user: string; password: string; database: string };

/** Throws an Error that says what is allowed. */
export function parseDatabaseUrl(text: string): DatabaseTarget {
  if (text.startsWith('sqlite:') && text.length > 7) return { kind: 'sqlite', file: text.slice(7).replace(/^\/\/(?=\/)/, '') };
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && /^(mysql|mariadb):$/.test(url.protocol) && url.hostname && url.pathname.length > 1) {
    return {
      kind: 'mysql',
      host: decodeURIComponent(url.hostname),
      port: Number(url.port || 3306),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: decodeURIComponent(url.pathname.slice(1)),
    };
  }
  throw new Error('sqlite:FILE or mysql://user:password@host:port/database');
}
