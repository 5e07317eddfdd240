// Requests of the procaas door as its clients make them.
import { type Answer, multipart } from './http.js';
import { adminLogin, type TestServer } from './server.js';

export const file = (name: string, content: string | Buffer) => new File([content as BlobPart], name);

export interface Posted {
  data: unknown;
  files?: File[];
  login?: string;
}

/** POST /process with this `data` and these files. */
export async function post(server: TestServer, { data, files = [], login = adminLogin }: Posted): Promise<Answer> {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  const form = await multipart([['data', text], ...files.map((one, index) => [`file${index}`, one] as [string, File])]);
  return server.send({ method: 'POST', path: '/process', login, ...form });
}

export const python = (script: string, more: object = {}) => ({ cmd: ['/usr/bin/python3', '-c', script], ...more });
export const shellCommand = (script: string, more: object = {}) => ({ cmd: ['/bin/sh', '-c', script], ...more });
