// Prints what a user wants to know when the server is ready: where it listens, which password is right, and what to try.
import { relative } from 'node:path';
import type { PasswordState } from '../accounts/first-admin.js';
import { adminPasswordFile, type Settings } from '../settings/settings.js';
import { version } from './version.js';

export function printWelcome(settings: Settings, url: string, state: PasswordState): void {
  const base = `${url}${settings.basePath}`;
  const { login, sentence } = advice(settings, state);
  if (state.generated) console.log(`The password of ${settings.adminUsername} is ${state.generated} (kept in ${shownFile(settings)})`);
  console.log(`process-registry ${version} on ${base} (documentation: ${base}/docs)
Interfaces of older systems (COMPAT): ${settings.compat.join(', ') || 'none'}
${[...state.notes, sentence].join(' ')} Try:
  curl ${login} -X PUT -H 'Content-Type: application/json' --data '{"definition": {"exec": "/usr/bin/tr", "argv": ["-d", "x"]}}' ${base}/api/process_definition/tr/
  curl ${login} --data-binary axbxc ${base}/api/process_definition/tr/execute/`);
}

/** How to show the password to curl, without printing it. */
function advice(settings: Settings, { kept }: PasswordState): { login: string; sentence: string } {
  const { adminUsername: name } = settings;
  const file = shownFile(settings);
  if (kept === 'setting') return { login: `-u "${name}:$ADMIN_PASSWORD"`, sentence: `The password of ${name} is that of ADMIN_PASSWORD.` };
  if (kept === 'file') return { login: `-u "${name}:$(cat ${file})"`, sentence: `The password of ${name} is in ${file}.` };
  return {
    login: '-u NAME:PASSWORD',
    sentence: 'Every user has the password that was set last; `procreg server passwd NAME` sets a new one.',
  };
}

function shownFile(settings: Settings): string {
  const file = adminPasswordFile(settings);
  const fromHere = relative('.', file);
  return fromHere.startsWith('..') ? file : fromHere;
}
