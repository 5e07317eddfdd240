// A folder outside of every run, which nothing that tests send may reach.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect } from 'vitest';

/** Its path; after each test it must be as it was. */
export function victimFolder(): string {
  const victim = mkdtempSync(join(tmpdir(), 'procreg-victim-'));
  writeFileSync(join(victim, 'precious'), 'precious');
  afterEach(() => {
    expect(readdirSync(victim)).toEqual(['precious']);
    expect(readFileSync(join(victim, 'precious'), 'utf8')).toBe('precious');
    expect(existsSync('/tmp/procreg-evil')).toBe(false);
  });
  afterAll(() => rmSync(victim, { recursive: true }));
  return victim;
}
