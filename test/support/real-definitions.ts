// Real definitions of real programs (test/fixtures/real-definitions.json): their inputs, and what must come of them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { quietPort } from './free-port.js';

export interface RealDefinition {
  name: string;
  definition: { process_type?: string };
  input: { text?: string; base64?: string; generate?: string; none?: true };
  expect: {
    exit_code?: number;
    text?: string;
    text_starts?: string;
    text_contains?: string[];
    json?: unknown;
    same_as_input?: boolean;
    check?: string;
    stderr_contains?: string;
    no_output_file?: boolean;
    max_wall_s?: number;
  };
}

/** The ports of the fixture: other processes of this machine may use them. */
const givenPorts = ['47811', '47812', '47814', '47815'];
const fixture = join(import.meta.dirname, '../fixtures/real-definitions.json');
const ports = new Map(await Promise.all(givenPorts.map(async (given) => [given, String(await quietPort())] as const)));
const text = readFileSync(fixture, 'utf8').replace(new RegExp(givenPorts.join('|'), 'g'), (given) => ports.get(given) as string);
const { definitions } = JSON.parse(text) as { definitions: RealDefinition[] };
export const single = definitions.filter(({ definition }) => definition.process_type === 'single');
export const services = definitions.filter(({ definition }) => definition.process_type === 'service');

/** What differs from run to run: by the time in an archive, by the dither of a sound. */
export const varying = new Set(['pandoc-md-docx', 'sox-downsample', 'imagemagick-thumb-stream']);

const shellEnvironment = { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' };
const inputs = new Map<string, Buffer | undefined>();

/** Undefined: it takes none. */
export function inputOf({ name, input }: RealDefinition): Buffer | undefined {
  if (!inputs.has(name)) {
    const { text, base64, generate } = input;
    const shell = { env: shellEnvironment, maxBuffer: 2 ** 27 };
    const bytes = generate
      ? execFileSync('sh', ['-c', generate], shell)
      : base64
        ? Buffer.from(base64, 'base64')
        : text === undefined
          ? undefined
          : Buffer.from(text);
    inputs.set(name, bytes);
  }
  return inputs.get(name);
}

/** The output of a run that succeeded is what the fixture says. */
export function expectOutput(real: RealDefinition, output: Buffer): void {
  const [wanted, text] = [real.expect, output.toString()];
  if (wanted.text !== undefined) expect(text).toBe(wanted.text);
  if (wanted.text_starts !== undefined) expect(text.startsWith(wanted.text_starts)).toBe(true);
  for (const part of wanted.text_contains ?? []) expect(text).toContain(part);
  if (wanted.json !== undefined) expect(JSON.parse(text)).toEqual(wanted.json);
  if (wanted.same_as_input) expect(output.equals(inputOf(real) as Buffer)).toBe(true);
  if (wanted.check) runCheck(wanted.check, inputOf(real), output);
}

function runCheck(check: string, input: Buffer | undefined, output: Buffer): void {
  const folder = mkdtempSync(join(tmpdir(), 'procreg-check-'));
  const [inFile, outFile] = [join(folder, 'in'), join(folder, 'out')];
  writeFileSync(inFile, input ?? '');
  writeFileSync(outFile, output);
  execFileSync('bash', ['-c', check], { env: { ...shellEnvironment, IN: inFile, OUT: outFile } });
  rmSync(folder, { recursive: true });
}
