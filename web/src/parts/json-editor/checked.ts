// The text of a definition while it is written: read as JSON at once, and checked by the server a moment later.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { ApiError, api } from '../../api/client.js';
import type { Fault } from './json-editor.js';

export interface Checked {
  /** Null: the text is not a JSON object. */
  value: Record<string, unknown> | null;
  faults: Fault[];
  /** The server has not answered yet about this text. */
  isPending: boolean;
}

/** So long nothing is typed before the server is asked. */
const settleMs = 350;

export function useChecked(text: string): Checked {
  const read = useMemo(() => readObject(text), [text]);
  const [answer, change] = useState<{ text: string; faults: Fault[] }>({ text: '', faults: [] });
  useEffect(() => {
    if (!read.value) return;
    const left = new AbortController();
    const timer = setTimeout(() => {
      check(read.value!, left.signal).then(
        (faults) => change({ text, faults }),
        () => {},
      );
    }, settleMs);
    return () => {
      clearTimeout(timer);
      left.abort();
    };
  }, [read]);
  if (!read.value) return { value: null, faults: read.faults, isPending: false };
  return { value: read.value, faults: answer.faults, isPending: answer.text !== text };
}

async function check(definition: Record<string, unknown>, signal: AbortSignal): Promise<Fault[]> {
  try {
    const { data } = await api.POST('/api/process_definition/validate/', { body: { definition } as never, signal });
    return data!.warnings.map((warning) => ({ ...warning, isWarning: true }));
  } catch (error) {
    return faultsOf(error);
  }
}

/** What the server found wrong in a definition, or in what its examples gave; throws any other error. */
export function faultsOf(error: unknown): Fault[] {
  if (error instanceof ApiError && ['invalid_definition', 'selftest_failed'].includes(error.code)) return error.body.faults as Fault[];
  throw error;
}

const noFaults: Fault[] = [];

function readObject(text: string): { value: Checked['value']; faults: Fault[] } {
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { value, faults: noFaults };
    return { value: null, faults: [{ path: '', message: 'A definition is an object: { … }' }] };
  } catch (error) {
    // some browsers repeat the whole text
    const reason = (error as Error).message.replace(/, "[\s\S]*$/, '');
    return { value: null, faults: [{ path: '', message: `This is not JSON: ${reason}`, isUnreadable: true }] };
  }
}
