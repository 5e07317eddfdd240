// The contract of output adapters, as tests; a test file gives it each adapter.
import { test } from 'vitest';
import { type OutputSubject, outputContract } from '../../src/execute/plugin-kit/output-contract.js';

export function outputAdapterContract(subject: OutputSubject): void {
  for (const { name, check } of outputContract(subject)) test(name, check);
}
