// One attempt to deliver a callback: a POST signed as Standard Webhooks says, to an allowed address, without redirects.
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { Webhook } from 'standardwebhooks';
import type { AllowedHosts } from '../../model/allowed-hosts.js';

const attemptMs = 15_000;

/** Headers of https://www.standardwebhooks.com for a body of JSON; `secret` may be `whsec_` and base64. */
export function webhookHeaders(id: string, body: string, secret: string): Record<string, string> {
  const now = new Date();
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
  const webhook = new Webhook(key, { format: 'raw' });
  return {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': webhook.sign(id, now, body),
  };
}

/** Returns the status of the answer, whose body is not read; rejects when there is no answer. */
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
