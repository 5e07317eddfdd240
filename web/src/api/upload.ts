// A request with a body that may be large: tells how much of it has been sent, which fetch does not.
import { basePath } from './base.js';
import { ApiError, readProblem, unreachable } from './client.js';
import { keepSessionKey, sessionKey } from './session.js';

export interface Upload {
  method: string;
  /** Below BASE_PATH. */
  path: string;
  headers?: Record<string, string>;
  body?: Blob | null;
  signal?: AbortSignal;
  progress?(sentBytes: number, allBytes: number): void;
}

export interface Uploaded {
  status: number;
  header(name: string): string | null;
  body: Blob;
}

/** Throws an ApiError for a status from 400 on, and an AbortError. */
export function upload({ method, path, headers = {}, body, signal, progress }: Upload): Promise<Uploaded> {
  const sent = new XMLHttpRequest();
  const answered = Promise.withResolvers<void>();
  sent.open(method, basePath + path);
  sent.responseType = 'blob';
  for (const [name, value] of Object.entries({ ...headers, 'X-Session-Key': sessionKey() })) sent.setRequestHeader(name, value);
  if (progress && body) sent.upload.onprogress = ({ loaded, total }) => progress(loaded, total);
  sent.onload = () => answered.resolve();
  sent.onerror = () => answered.reject(unreachable());
  sent.onabort = () => answered.reject(new DOMException('The upload was cancelled', 'AbortError'));
  signal?.addEventListener('abort', () => sent.abort());
  sent.send(body);
  return answered.promise.then(() => checked(sent));
}

async function checked(sent: XMLHttpRequest): Promise<Uploaded> {
  const { status, response } = sent;
  if (status < 400) return { status, header: (name) => sent.getResponseHeader(name), body: response };
  if (status === 401 && sessionKey() !== '') keepSessionKey('');
  throw new ApiError(status, readProblem(await (response as Blob).text()), sent.getResponseHeader('X-Request-Id'));
}
