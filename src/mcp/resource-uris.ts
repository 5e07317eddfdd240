// The addresses of what runs have left, as the protocol names resources: procreg://run/ID/output, /log and /files/PATH.

export type RunResource = { id: string; part: 'output' | 'log' } | { id: string; part: 'files'; path: string };

const form = /^procreg:\/\/run\/([0-9a-f-]{36})\/(output|log|files\/(.+))$/;

export function uriOf(id: string, part: 'output' | 'log'): string {
  return `procreg://run/${id}/${part}`;
}

/** Undefined: it is not the address of anything here. */
export function resourceOf(uri: string): RunResource | undefined {
  const [, id, part, path] = form.exec(uri) ?? [];
  if (id === undefined) return undefined;
  if (path === undefined) return { id, part: part as 'output' | 'log' };
  try {
    return { id, part: 'files', path: decodeURIComponent(path) };
  } catch {
    return undefined;
  }
}
