// How resource limits reach a program that Node starts: through prlimit of util-linux, only when the spec has limits.
import { accessSync, constants } from 'node:fs';
import { LaunchError, type LaunchSpec } from './launcher.js';

const prlimitPath = '/usr/bin/prlimit';

/** The command to start: the program itself, or prlimit, which then executes the program. */
export function limitedCommand(spec: LaunchSpec): string[] {
  const { memoryBytes, cpuSeconds, processes, openFiles, fileBytes } = spec.limits;
  const options = [
    memoryBytes !== undefined && `--as=${memoryBytes}`,
    cpuSeconds !== undefined && `--cpu=${cpuSeconds}:${cpuSeconds + 1}`,
    processes !== undefined && `--nproc=${processes}`,
    openFiles !== undefined && `--nofile=${openFiles}`,
    fileBytes !== undefined && `--fsize=${fileBytes}`,
  ].filter((option) => option !== false);
  if (options.length === 0) return [spec.exec, ...spec.argv];
  try {
    accessSync(prlimitPath, constants.X_OK);
  } catch {
    throw new LaunchError('ENOENT', `the definition has limits, which need ${prlimitPath} of util-linux`);
  }
  return [prlimitPath, ...options, '--', spec.exec, ...spec.argv];
}
