// The arguments of bubblewrap: what a program in a sandbox sees of the machine.
import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** The size of /tmp and of /dev/shm, which are memory. */
const memoryFolderBytes = 64 * 2 ** 20;

/** The settings that programs of /usr need, none of them secret. In addition, passwd and group are created for the run's user. */
const settings = [
  'alternatives',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'ca-certificates',
  'fonts',
  'localtime',
  'mime.types',
  'magic',
];

/** The public parts of `ssl`, which also holds private keys. */
const ofSsl = ['ssl/certs', 'ssl/openssl.cnf'];

/** Settings of languages, with versions, as Debian names them: java-17-openjdk, python3.11, fpc-3.2.2.cfg. Not phpmyadmin. */
const ofLanguages =
  /^(java(-\d[\d.]*-openjdk)?|(php|python|perl|ruby|mono|ghc|lua|gcl|fpc|scala|groovy|erlang)(-?\d[\d.]*)?(\.cfg|\.conf)?)$/;

export interface SandboxView {
  /** The run's own directory, which has the same name inside. */
  root: string;
  /** A folder in the run's own directory that the program must not see. */
  hidden: string;
  /** Files that have another place inside: their place inside by their place here. */
  files: Record<string, string>;
  cwd: string;
  /** True: the machine's network; false: no network. */
  network: boolean;
}

/** Read once: the installed system does not change while a server runs. */
export function systemView(): string[] {
  const folders = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'].flatMap((path) => likeHere(path));
  const etc = [...readdirSync('/etc').filter(isShown), ...ofSsl];
  return ['--ro-bind', '/usr', '/usr', ...folders, ...etc.flatMap((name) => ['--ro-bind-try', join('/etc', name), join('/etc', name)])];
}

/** Whether programs see this entry. `name`: of a file or folder in /etc. */
export function isShown(name: string): boolean {
  return settings.includes(name) || ofLanguages.test(name);
}

function likeHere(path: string): string[] {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return [];
  return found.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
}

export function bubblewrapArguments(system: string[], { root, hidden, files, cwd, network }: SandboxView): string[] {
  const inMemory = (path: string) => ['--size', String(memoryFolderBytes), '--tmpfs', path];
  return [
    ...['--unshare-all', ...(network ? ['--share-net'] : []), '--hostname', 'sandbox'],
    ...['--as-pid-1', '--die-with-parent', '--cap-drop', 'ALL'],
    ...system,
    ...(network ? ['/etc/resolv.conf', '/etc/hosts', '/etc/nsswitch.conf'].flatMap((path) => ['--ro-bind-try', path, path]) : []),
    ...['--proc', '/proc', '--dev', '/dev', ...inMemory('/dev/shm'), '--remount-ro', '/dev', ...inMemory('/tmp')],
    ...['--bind', root, root, ...Object.entries(files).flatMap(([inside, here]) => ['--ro-bind', here, inside])],
    ...['--tmpfs', hidden, '--remount-ro', hidden, '--remount-ro', '/', '--chdir', cwd],
  ];
}
