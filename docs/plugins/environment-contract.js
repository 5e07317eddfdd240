// The example keeps the contract of adapters: node --test docs/plugins/environment-contract.js
import { test } from 'node:test';
import { adapterContract } from 'process-registry/adapters';
import plugin from './environment.js';

const echo = {
  exec: '/bin/sh',
  argv: ['-c', 'printf %s "$MESSAGE"'],
  environment: { MESSAGE: '${message}' },
  input_adapter: { input_type: 'environment' },
};

for (const { name, check } of adapterContract({ plugin, input: { echo, largestBytes: 50_000 } })) test(name, check);
