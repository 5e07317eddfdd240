// The readers of the bench `events`: many connections to /api/event/ in a process of their own. Every one counts its events and checks their order;
// some of them measure how late an event comes. read-events.mjs PORT AUTHORIZATION CONNECTIONS EVENTS prints `ready` once all are answered, and
// its figures as a line of JSON once all have all events, or after a silence.
import { Agent, request } from 'node:http';
import { percentile } from './figures.mjs';

const [port, authorization, connections, events] = process.argv.slice(2);
const measuredBound = 20;
const silenceMs = 20_000;

const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
const lagsMs = [];
let [opened, complete, wrong, heardMs] = [0, 0, 0, performance.now()];

function hear(reader, event) {
  if (!event.startsWith('id: ')) return;
  heardMs = performance.now();
  const number = Number(event.slice(event.indexOf('-') + 1, event.indexOf('\n')));
  // the first one says where the stream begins
  if (reader.last !== undefined && number !== reader.last + 1) wrong++;
  if (reader.last === undefined && ++opened === Number(connections)) console.log('ready');
  else if (reader.last !== undefined) reader.heard++;
  reader.last = number;
  if (reader.isMeasured && reader.heard > 0) lagsMs.push(Date.now() - Date.parse(/"time":"([^"]+)"/.exec(event)[1]));
  if (reader.heard === Number(events) && ++complete === Number(connections)) report();
}

function read(index) {
  const reader = { heard: 0, last: undefined, isMeasured: index < measuredBound };
  let rest = '';
  const asked = request({ port, path: '/api/event/?type=lane', agent, headers: { authorization } });
  asked.on('response', (answer) => {
    if (answer.statusCode !== 200) throw new Error(`a reader was answered with ${answer.statusCode}`);
    answer.setEncoding('latin1').on('data', (text) => {
      const parts = (rest + text).split('\n\n');
      rest = parts.pop();
      for (const event of parts) hear(reader, event);
    });
  });
  asked.end();
}

function report() {
  const { user, system } = process.cpuUsage();
  const lost = (Number(connections) - complete) * Number(events);
  console.log(JSON.stringify({ wrong, lost, p50Ms: percentile(lagsMs, 0.5), p99Ms: percentile(lagsMs, 0.99), cpuUs: user + system }));
  process.exit();
}

for (let index = 0; index < Number(connections); index++) read(index);
setInterval(() => performance.now() - heardMs > silenceMs && report(), 1000).unref();
