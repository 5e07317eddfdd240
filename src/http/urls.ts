// Builds the addresses in responses: paths without a host, below BASE_PATH.

let base = '';

/** Set once, before the server listens. `path` is empty or begins with a slash and does not end in one. */
export function setBasePath(path: string): void {
  base = path;
}

export function basePath(): string {
  return base;
}

/** The address as routes know it. A proxy may have taken the base path away already. */
export function belowBase(url: string, base: string): string {
  if (base === '' || url === base) return base === '' ? url : '/';
  return url.startsWith(`${base}/`) ? url.slice(base.length) : url;
}

export const definitionsUri = (): string => `${base}/api/process_definition/`;
export const definitionUri = (id: number): string => `${base}/api/process_definition/${id}/`;
export const bindingUri = (id: number): string => `${base}/api/binding/${id}/`;
export const streamUri = (name: string): string => `${base}/api/stream/${name}/`;
export const userUri = (id: number): string => `${base}/api/user/${id}/`;
export const userTokenUri = (userId: number, id: number): string => `${base}/api/user/${userId}/token/${id}/`;
export const tokenUri = (id: number): string => `${base}/api/token/${id}/`;
export const runUri = (id: string): string => `${base}/api/run/${id}/`;
export const filesUri = (id: string): string => `${base}/api/run/${id}/files/`;
export const outputUri = (id: string): string => `${base}/api/run/${id}/output/`;
export const runPageUri = (ticket: string): string => `${base}/run-page/${ticket}/`;
