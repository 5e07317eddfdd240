// Starts the role that the command line names; an error at the start is printed as one line, with a non-zero exit code.
import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { serve } from './app/serve.js';
import { version } from './app/version.js';
import { backup, restore } from './cli/backup-commands.js';
import { type CommandLine, type Role, runCommandLine } from './cli/command-line.js';
import { doctor } from './cli/doctor.js';
import { launcher, stop } from './cli/launcher-commands.js';
import { migrate } from './cli/migrate.js';
import { passwd } from './cli/passwd.js';
import { createToken, listTokens, revokeToken } from './cli/token-commands.js';
import { createUser, disableUser, enableUser, listUsers } from './cli/user-commands.js';
import { readSettings } from './settings/read-settings.js';
import { closeInheritedDescriptors } from './worker/inherited-descriptors.js';

const users = { 'user list': listUsers, 'user create': createUser, 'user disable': disableUser, 'user enable': enableUser };
const tokens = { 'token list': listTokens, 'token create': createToken, 'token revoke': revokeToken };
const roles = { ...users, ...tokens, serve, migrate, backup, restore, doctor, launcher, 'stop-all': stop, passwd };

async function start(role: Role, { flags, configFile, operands: [operand = '', number = ''], ...more }: CommandLine): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  await roles[role](readSettings({ flags, environment: process.env, configFile }), { file: operand, name: operand, number, ...more });
}

closeInheritedDescriptors();
runCommandLine(process.argv, version, start).catch((error: Error) => {
  console.error(`process-registry: ${error.message}`);
  process.exit(1);
});
