// The contract of input adapters, as tests; a test file gives it each adapter.
import { test } from 'vitest';
import { type InputSubject, inputContract } from '../../src/execute/plugin-kit/input-contract.js';

export function inputAdapterContract(subject: InputSubject): void {
  for (const { name, check } of inputContract(subject)) test(name, check);
}
