// One attempt to deliver a callback: a POST signed as Standard Webhooks says, to an allowed address, without redirects.
import { createHmac } from 'node:crypto';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { AllowedHosts } from '../../model/allowed-hosts.js';

const attemptMs = 15_000;

/** Headers of https://www.standardwebhooks.com for a body of JSON; `secret` may be `whsec_` and base64. */
export function webhookHeaders(id: string, body: string, secret: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

/** The status of the answer, of which nothing else is read; rejects when there is none. */
export function sendCallback(url: string, sent: { body: string; headers: Record<string, string>; hosts: AllowedHosts }): Promise<number> {
  const send = new URL(url).protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const outgoing = send(url, {
      method: 'POST',
      headers: sent.headers,
      lookup: sent.hosts.lookup,
      agent: false,
      signal: AbortSignal.timeout(attemptMs),
    });
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => {
      incoming.on('error', () => {});
      incoming.destroy();
      resolve(incoming.statusCode ?? 0);
    });
    outgoing.end(sent.body);
  });
}
