// Starts the role that the command line names; a fault of the start is one line and a non-zero exit.
import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { backup, restore } from './backup-roles.js';
import { type CommandLine, type Role, runCommandLine } from './cli/command-line.js';
import { doctor } from './doctor.js';
import { launcher, stop } from './launcher-roles.js';
import { migrate } from './migrate.js';
import { passwd } from './passwd.js';
import { readSettings } from './read-settings.js';
import { serve } from './serve.js';
import { version } from './version.js';
import { closeInheritedDescriptors } from './worker/inherited-descriptors.js';

const roles = { serve, migrate, backup, restore, doctor, launcher, stop, passwd };

async function start(role: Role, { flags, configFile, operand = '', ...more }: CommandLine): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  await roles[role](readSettings({ flags, environment: process.env, configFile }), { file: operand, name: operand, ...more });
}

closeInheritedDescriptors();
runCommandLine(process.argv, version, start).catch((error: Error) => {
  console.error(`process-registry: ${error.message}`);
  process.exit(1);
});
