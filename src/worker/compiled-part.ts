// The compiled parts of native/: where they are, and why a part cannot run on this machine.
import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** e_machine of an ELF header (elf.h), by the name that Node gives to the architecture. */
const machines: Record<string, number> = { x64: 62, arm64: 183 };
const headerBytes = 20;

/** The path of the part that was compiled in `folder`, or else of the part for this platform that the npm package includes. */
export function compiledPart(folder: string, name: 'procreg-launcher' | 'procreg-sandbox' | 'procreg-listen'): string {
  const own = join(folder, name);
  return existsSync(own) ? own : join(folder, `${process.platform}-${process.arch}`, name);
}

/** Why the part cannot run here, in words; null when nothing is wrong. */
export function partFault(path: string): string | null {
  if (process.platform !== 'linux') return `${path} needs Linux, and this is ${process.platform}`;
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found)
      return `${path} is missing: in a clone, npm run build compiles it with a C compiler; the npm package includes it for ${brought}`;
    if (!found.isFile()) return `${path} is not a file`;
    accessSync(path, constants.X_OK);
  } catch (error) {
    return `${path} may not be executed (${(error as NodeJS.ErrnoException).code})`;
  }
  return headerFault(path);
}

const brought = Object.keys(machines)
  .map((arch) => `linux-${arch}`)
  .join(' and ');

function headerFault(path: string): string | null {
  const header = readHeader(path);
  if (!header) return null;
  if (header.length < headerBytes || header.readUInt32BE(0) !== 0x7f454c46) return `${path} is not a program for Linux`;
  const machine = header.readUInt16LE(18);
  const wanted = machines[process.arch];
  if (wanted === undefined || machine === wanted) return null;
  const named = Object.keys(machines).find((arch) => machines[arch] === machine) ?? `the ELF machine ${machine}`;
  return `${path} is for ${named}, and this machine is ${process.arch}`;
}

/** The first bytes of the file; null where the file may be executed and not read. */
function readHeader(path: string): Buffer | null {
  try {
    const file = openSync(path, constants.O_RDONLY);
    try {
      const header = Buffer.alloc(headerBytes);
      return header.subarray(0, readSync(file, header, 0, headerBytes, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}
