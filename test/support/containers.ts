// Images and containers by podman, in a folder that is gone afterwards. Base images cannot be fetched in tests: this machine's own Node and a few
// of its programs take their place.
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { projectRoot } from './server.js';

/** What the last stage of the Dockerfile and the tests' runs use. */
const programs = ['bwrap', 'sh', 'env', 'id', 'install', 'ln', 'sleep', 'tr', 'true'];
const productImage = 'localhost/procreg-product';

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

export class Podman {
  readonly folder = mkdtempSync(join(tmpdir(), 'procreg-podman-'));
  private readonly env: Record<string, string | undefined>;

  constructor(driver: string) {
    const [storage, containers] = [join(this.folder, 'storage.conf'), join(this.folder, 'containers.conf')];
    writeFileSync(storage, `[storage]\ndriver="${driver}"\ngraphroot="${this.folder}/root"\nrunroot="${this.folder}/run"\n`);
    // more processes than this may be refused to a container within a container
    const limits = 'default_ulimits=["nofile=20000:20000","nproc=4096:4096"]';
    const engine = `cgroup_manager="cgroupfs"\nevents_logger="none"\nruntime="runc"\ntmp_dir="${this.folder}/tmp"\nvolume_path="${this.folder}/volumes"\n`;
    writeFileSync(containers, `[containers]\n${limits}\nnetns="none"\nlog_driver="k8s-file"\n[engine]\n${engine}`);
    this.env = { ...process.env, CONTAINERS_STORAGE_CONF: storage, CONTAINERS_CONF: containers };
  }

  /** Runs podman with these words, for at most a minute. */
  async run(...words: string[]): Promise<Ended> {
    try {
      const { stdout, stderr } = await promisify(execFile)('podman', words, { env: this.env, timeout: 60_000 });
      return { code: 0, stdout, stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as Ended;
      return { code, stdout, stderr };
    }
  }

  /** The same, which must succeed. Returns what it printed. */
  async done(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...words);
    if (code !== 0) throw new Error(`podman ${words.join(' ')} ended with ${code}: ${stderr}`);
    return stdout.trim();
  }

  /** Imports what `fill` puts into an empty folder as an image of this name. */
  async importFolder(name: string, fill: (root: string) => void): Promise<void> {
    const root = mkdtempSync(join(this.folder, 'image-'));
    chmodSync(root, 0o755);
    fill(root);
    execFileSync('tar', ['-C', root, '-cf', `${root}.tar`, '--owner=0', '--group=0', '.']);
    await this.done('import', '-q', `${root}.tar`, name);
    for (const path of [root, `${root}.tar`]) rmSync(path, { recursive: true });
  }

  /** What podman leaves running for a while after its containers may mount its storage once more. */
  async close(): Promise<void> {
    await this.run('rm', '-f', '-t', '0', '-a');
    for (let tries = 1; ; tries++) {
      try {
        const mounted = readFileSync('/proc/self/mountinfo', 'utf8')
          .split('\n')
          .map((line) => line.split(' ')[4] ?? '');
        for (const path of mounted.reverse()) if (path.startsWith(`${this.folder}/`)) execFileSync('umount', [path], { stdio: 'ignore' });
        return rmSync(this.folder, { recursive: true, force: true });
      } catch (error) {
        if (tries === 100) throw error;
        await sleep(100);
      }
    }
  }
}

/** Without `podman`: no containers can be run here, and why. */
export async function openPodman(): Promise<{ podman?: Podman; obstacle?: string }> {
  if (spawnSync('podman', ['--version']).error) return { obstacle: 'podman is not installed' };
  let obstacle: string | undefined;
  // vfs copies each layer, and so works where overlay does not, such as on another overlay
  for (const driver of ['overlay', 'vfs']) {
    const podman = new Podman(driver);
    try {
      await podman.importFolder('localhost/trial', (root) => fillWithPrograms(root, ['true']));
      await podman.done('run', '--rm', '--pull=never', 'localhost/trial', '/usr/bin/true');
      return { podman };
    } catch (error) {
      obstacle = (error as Error).message.split('\n')[0];
      await podman.close();
    }
  }
  return { obstacle };
}

/** The image that the last stage of the Dockerfile makes; its first stage, which needs the network, is replaced by what is built here. */
export async function buildServerImage(podman: Podman, name: string): Promise<void> {
  const dockerfile = readFileSync(join(projectRoot, 'Dockerfile'), 'utf8');
  const [base] = /^FROM (\S+)$/m.exec(dockerfile)?.slice(1) ?? [];
  const context = mkdtempSync(join(podman.folder, 'context-'));
  writeFileSync(
    join(context, 'Dockerfile'),
    dockerfile.replace(/^FROM \S+ AS build\n[\s\S]*?(?=^FROM )/m, `FROM ${productImage} AS build\n`),
  );
  await podman.importFolder(base, (root) => {
    fillWithPrograms(root, programs);
    mkdirSync(join(root, 'usr/local/bin'), { recursive: true });
    copyFileSync(realpathSync(process.execPath), join(root, 'usr/local/bin/node'));
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n');
  });
  await podman.importFolder(productImage, fillWithProduct);
  const words = [
    '--format',
    'docker',
    '--pull-never',
    '--layers=false',
    '--isolation',
    'oci',
    '--network',
    'none',
    '--build-arg',
    'PACKAGES=',
  ];
  await podman.done('build', '-q', ...words, '-t', name, context);
}

/** Programs of this machine with their shared libraries. */
function fillWithPrograms(root: string, names: string[]): void {
  for (const path of ['usr/bin', 'usr/lib', 'usr/lib64', 'etc', 'tmp', 'proc', 'sys', 'dev'])
    mkdirSync(join(root, path), { recursive: true });
  chmodSync(join(root, 'tmp'), 0o1777);
  for (const name of ['bin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(root, name));
  const paths = names.map((name) => `/usr/bin/${name}`);
  const linked = execFileSync('ldd', [...paths, process.execPath], { encoding: 'utf8' });
  const libraries = new Set([...linked.matchAll(/(\/lib\S+|\/usr\/lib\S+) \(0x/g)].map(([, path]) => path));
  for (const path of [...paths, ...libraries]) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    copyFileSync(realpathSync(path), join(root, path));
  }
}

/** What the first stage of the Dockerfile leaves in /product, of what npm has installed and built here: of node_modules only what the bundle loads. */
function fillWithProduct(root: string): void {
  const isNeeded = (source: string) => !/\.map$|\.d\.ts$|better-sqlite3\/(deps|src)/.test(source);
  for (const path of [
    'dist/bundle',
    'dist/launcher',
    'contrib',
    'package.json',
    ...packagesOf(loaded).map((name) => `node_modules/${name}`),
  ])
    cpSync(join(projectRoot, path), join(root, 'product', path), { recursive: true, filter: isNeeded });
}

/** What the server loads from node_modules in these tests. */
const loaded = ['better-sqlite3', 'passport-http', 'swagger-ui-dist'];

/** These packages and all that they depend on. */
function packagesOf(names: string[]): string[] {
  const found = new Set(names);
  for (const name of found) {
    const { dependencies = {} } = JSON.parse(readFileSync(join(projectRoot, 'node_modules', name, 'package.json'), 'utf8'));
    for (const dependency of Object.keys(dependencies)) found.add(dependency);
  }
  return [...found];
}
