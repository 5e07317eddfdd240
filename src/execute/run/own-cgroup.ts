// In which control group this process is, for one controller (cgroups(7): v1 has a hierarchy for each, v2 one for all of them).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CgroupPlace {
  path: string;
  version: 'v1' | 'v2';
}

/** The folder of the group that this process is in. */
export function ownCgroup(controller: string): CgroupPlace | undefined {
  const own = readOwn('cgroup').map((line) => line.split(':'));
  const v1 = own.find(([, controllers]) => controllers?.split(',').includes(controller));
  const [number, , path] = v1 ?? own.find(([hierarchy]) => hierarchy === '0') ?? [];
  if (number === undefined) return undefined;
  const mount = readOwn('mountinfo').find((line) => {
    const [, type, , options] = /(?: - )(\S+) (\S+) (\S+)$/.exec(line) ?? [];
    return v1 ? type === 'cgroup' && options.split(',').includes(controller) : type === 'cgroup2';
  });
  if (!mount) return undefined;
  const [, , , root, point] = mount.split(' ');
  const inside = path.startsWith(root) ? path.slice(root.length) : path;
  return { path: join(point, inside), version: v1 ? 'v1' : 'v2' };
}

function readOwn(name: string): string[] {
  try {
    return readFileSync(`/proc/self/${name}`, 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}
