// What tests do with bindings: make them, and look at them.
import { expect } from 'vitest';
import { BrokerClient } from './broker-client.js';
import { defined } from './programs.js';
import { RabbitMq } from './rabbitmq.js';
import { startServer, type TestServer } from './server.js';

export interface OnRabbitMq {
  rabbit: RabbitMq;
  broker: BrokerClient;
  server: TestServer;
}

/** A broker, a client of it, and a server that is connected with it. */
export async function startOnRabbitMq(): Promise<OnRabbitMq> {
  const rabbit = await RabbitMq.start();
  const broker = await BrokerClient.connect(rabbit.url);
  return { rabbit, broker, server: await startServer({ AMQP_URL: rabbit.url }) };
}

export async function stopOnRabbitMq({ rabbit, broker, server }: Partial<OnRabbitMq>): Promise<void> {
  await broker?.close();
  await server?.stop();
  await rabbit?.stop();
}

let names = 0;

/** A stream that no other test uses. */
export const newStream = (name: string) => `${name}-${process.pid}-${++names}`;

export interface Bound {
  /** Of the binding. */
  path: string;
  id: number;
  definition: string;
  input: string;
  output: string;
}

/** A new definition bound between two new streams of the usual bus. */
export async function bound(server: TestServer, definition: object, more: object = {}): Promise<Bound> {
  const [input, output] = [newStream('in'), newStream('out')];
  const uri = await defined(server, definition);
  const body = { definition: uri, input: { stream: input }, output: { stream: output }, ...more };
  const { status, json, text } = await server.send({ method: 'POST', path: '/api/binding/', body });
  expect(status, text).toBe(201);
  return { path: json.resource_uri, id: json.id, definition: uri, input, output };
}

export const stateOf = async (server: TestServer, { path }: Pick<Bound, 'path'>) => (await server.send({ path })).json.state;
