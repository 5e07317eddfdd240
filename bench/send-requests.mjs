// Our own generator, for machines without wrk: keep-alive connections, each of which sends the next request when the last one is answered.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { percentile } from './figures.mjs';

const [url, connectionsText, secondsText, method, authorization, bodyFile, pathsFile] = process.argv.slice(2);
const connections = Number(connectionsText);
const paths = readFileSync(pathsFile, 'utf8').trimEnd().split('\n');
const body = bodyFile === '-' ? undefined : readFileSync(bodyFile);
const headers = {
  ...(authorization !== '-' && { authorization }),
  ...(body && { 'content-type': 'application/json', 'content-length': body.length }),
};
const { hostname, port } = new URL(url);
const agent = new Agent({ keepAlive: true, maxSockets: connections });

const latenciesMs = [];
let at = 0;
let failed = 0;

function sendOne() {
  const path = paths[at++ % paths.length];
  return new Promise((resolve) => {
    const sentMs = performance.now();
    const end = (right) => {
      latenciesMs.push(performance.now() - sentMs);
      if (!right) failed++;
      resolve();
    };
    const outgoing = request({ hostname, port, method, path, headers, agent }, (incoming) => {
      incoming.resume();
      incoming.once('end', () => end(incoming.statusCode < 400));
    });
    outgoing.once('error', () => end(false));
    outgoing.end(body);
  });
}

async function keepSending(untilMs) {
  while (performance.now() < untilMs) await sendOne();
}

const startMs = performance.now();
await Promise.all(Array.from({ length: connections }, () => keepSending(startMs + Number(secondsText) * 1000)));
const durationUs = (performance.now() - startMs) * 1000;
const [p50Us, p99Us] = [0.5, 0.99].map((part) => percentile(latenciesMs, part) * 1000);
console.log(JSON.stringify({ requests: latenciesMs.length, durationUs, p50Us, p99Us, failed }));
agent.destroy();
