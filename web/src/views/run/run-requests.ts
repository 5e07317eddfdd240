// What is done with a run, as requests.
import { request } from '../../api/client.js';
import type { Run } from './run-access.js';

function post(path: string, body: object = {}): Promise<Response> {
  return request(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}

export const stopRun = ({ resource_uri }: Run) => post(`${resource_uri}stop/`);
export const startRun = ({ resource_uri }: Run) => post(`${resource_uri}start/`);
export const signalRun = ({ resource_uri }: Run, signal: string) => post(`${resource_uri}signal/`, { signal });
export const removeRun = ({ resource_uri }: Run) => request(resource_uri, { method: 'DELETE' });

/** The id of the new run. */
export async function repeatRun({ resource_uri }: Run): Promise<string> {
  return ((await (await post(`${resource_uri}rerun/`)).json()) as Run).id;
}

/** The address of the program's own page. */
export async function pageOf({ resource_uri }: Run): Promise<string> {
  return ((await (await post(`${resource_uri}page/`)).json()) as { url: string }).url;
}
