// What "the same as tastypie" means, case by case.
import { expect } from 'vitest';
import type { Answer } from '../support/http.js';

export interface GoldenCase {
  name: string;
  group: string;
  setup: { reset: boolean; profile?: string; rows?: number };
  request: {
    method: string;
    path: string;
    headers: Record<string, string>;
    body: string | null;
    body_gen?: { prefix: string; repeat: string; times: number; suffix: string } | { hex: string };
  };
  response?: { status: number; headers: Record<string, string>; body?: string; body_hex?: string };
  match?: string;
  accept_status?: number[];
  checked: boolean;
}

export function expectMatch({ match = 'exact', response, accept_status }: GoldenCase, answer: Answer): void {
  if (!response) throw new Error('a checked case has an answer');
  expect(accept_status ?? [response.status]).toContain(answer.status);
  const rules: Record<string, () => void> = {
    exact: () => {
      expect(pathOf(answer.headers.location)).toBe(pathOf(response.headers.location));
      expectBody(response.body ?? '', answer.text);
    },
    json: () => expectBody(response.body ?? '', answer.text),
    status: () => {},
    'status+allow': () => expect(methods(answer.headers.allow)).toEqual(expect.arrayContaining(methods(response.headers.allow))),
    'status+keys': () => expect(Object.keys(answer.json)).toEqual(expect.arrayContaining(Object.keys(JSON.parse(response.body ?? '{}')))),
    'error-text': () => expect(answer.json.error).toBe(unescapeHtml(JSON.parse(response.body ?? '{}').error)),
    auth: () => expect(answer.headers['www-authenticate']).toMatch(/^Basic/),
  };
  rules[match]();
}

function expectBody(wanted: string, given: string): void {
  if (wanted === '') expect(given).toBe('');
  else expect(JSON.parse(given)).toEqual(JSON.parse(wanted));
}

function pathOf(location: string | undefined): string | undefined {
  return location && new URL(location, 'http://localhost').pathname;
}

function methods(allow: string | undefined): string[] {
  return (allow ?? '').split(',').map((method) => method.trim());
}

function unescapeHtml(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#x27;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

export function bodyOf({ body, body_gen }: GoldenCase['request']): Buffer | undefined {
  if (body_gen && 'hex' in body_gen) return Buffer.from(body_gen.hex, 'hex');
  if (body_gen) return Buffer.from(body_gen.prefix + body_gen.repeat.repeat(body_gen.times) + body_gen.suffix);
  return body === null || body === undefined ? undefined : Buffer.from(body);
}
