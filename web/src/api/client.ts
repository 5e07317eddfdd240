// Requests to the API, typed by its OpenAPI document.
import type { Client } from 'openapi-fetch';
import { basePath } from './base.js';
import type { components, paths } from './schema.js';
import { keepSessionKey, sessionKey } from './session.js';

export type Schemas = components['schemas'];

/** What the server answered instead of what was wanted; `status` 0: it did not answer. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly body: { code?: string; error?: string; request_id?: string } & Record<string, unknown>,
    readonly requestId: string | null = null,
  ) {
    super(body.error ?? `The server answered with status ${status}.`);
  }

  get code(): string {
    return this.body.code ?? 'unknown';
  }
}

/** As the browser's own fetch, with the session; `path` is below BASE_PATH. Throws an ApiError for a status from 400 on. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('X-Session-Key', sessionKey());
  return checked(await sent(new Request(basePath + path, { ...init, headers })));
}

interface Asked {
  params?: { path?: Record<string, unknown>; query?: Record<string, unknown>; header?: Record<string, string> };
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

const methods = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'];

/**
 * GET, PUT and so on, with the types and the form of openapi-fetch: `api.GET('/api/run/{id}/', { params: { path: { id } } })`. Its code would be a
 * tenth of what a browser loads. Throws an ApiError.
 */
export const api = Object.fromEntries(methods.map((method) => [method, ask.bind(null, method)])) as unknown as Client<paths>;

async function ask(method: string, path: string, { params = {}, body, headers, signal }: Asked = {}): Promise<object> {
  const place = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params.path?.[name])));
  const query = Object.entries(params.query ?? {}).filter(([, value]) => value !== undefined);
  const search = query.length > 0 ? `?${new URLSearchParams(query.map(([name, value]) => [name, String(value)]))}` : '';
  const json: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' };
  const init = {
    method,
    headers: { ...json, ...params.header, ...headers },
    signal,
    body: body === undefined ? undefined : JSON.stringify(body),
  };
  const response = await request(place + search, init);
  const text = await response.text();
  return { response, data: text === '' ? undefined : JSON.parse(text) };
}

async function sent(one: Request): Promise<Response> {
  try {
    return await fetch(one);
  } catch (error) {
    if (one.signal.aborted) throw error;
    throw unreachable();
  }
}

export function unreachable(): ApiError {
  return new ApiError(0, { code: 'unreachable', error: 'The server does not answer. It may be restarting, or the network is down.' });
}

async function checked(response: Response): Promise<Response> {
  if (response.ok || response.status === 304) return response;
  const text = await response.text();
  // the session has ended; an own password that was wrong is said by the sign-in itself
  if (response.status === 401 && sessionKey() !== '') keepSessionKey('');
  throw new ApiError(response.status, readProblem(text), response.headers.get('X-Request-Id'));
}

/** The body of an answer that says what went wrong. */
export function readProblem(text: string): ApiError['body'] {
  try {
    return JSON.parse(text);
  } catch {
    return { error: text.slice(0, 500) || undefined };
  }
}
