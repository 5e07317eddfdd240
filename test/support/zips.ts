// Zips of tests, byte by byte: also such as only other programs write, and such as are damaged.
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  name: string | Buffer;
  content?: string | Buffer;
  /** 0: stored; 8: deflated; others are only said. */
  method?: number;
  /** Bit 0: encrypted; bit 3 comes with `descriptor`; bit 11: the name is UTF-8. */
  flags?: number;
  /** What made it: 3 is Unix, 0 is MS-DOS. */
  host?: number;
  mode?: number;
  /** The length and CRC-32 come after the content. */
  descriptor?: boolean;
  zip64?: boolean;
  /** Extra fields of the central directory. */
  extra?: Buffer;
  /** What is said instead of the truth. */
  lies?: { crc?: number; size?: number };
}

export function rawZip(entries: ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const local = localPart(entry);
    central.push(centralPart(entry, offset));
    parts.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, directory, end]);
}

/** Info-ZIP's Unicode Path Extra Field; `of` is the name that it says it belongs to. */
export function unicodePath(name: string, of: string | Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUInt16LE(0x7075, 0);
  head.writeUInt16LE(5 + Buffer.byteLength(name), 2);
  head.writeUInt8(1, 4);
  head.writeUInt32LE(crc32(Buffer.from(of)), 5);
  return Buffer.concat([head, Buffer.from(name)]);
}

function facts({ name, content = '', method = 0, flags = 0, descriptor = false, lies = {} }: ZipEntry) {
  const bytes = Buffer.from(content);
  const packed = method === 8 ? deflateRawSync(bytes) : bytes;
  const { crc = crc32(bytes), size = bytes.length } = lies;
  return { raw: Buffer.from(name), packed, method, flags: flags | (descriptor ? 8 : 0), crc, size, packedSize: packed.length };
}

function localPart(entry: ZipEntry): Buffer {
  const { raw, packed, method, flags, crc, size, packedSize } = facts(entry);
  const said = entry.descriptor ? { crc: 0, size: 0, packedSize: 0 } : { crc, size, packedSize };
  const extra = entry.zip64 ? sizes64(said.size, said.packedSize) : Buffer.alloc(0);
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(20, 4);
  head.writeUInt16LE(flags, 6);
  head.writeUInt16LE(method, 8);
  head.writeUInt32LE(said.crc, 14);
  head.writeUInt32LE(entry.zip64 ? 0xffffffff : said.packedSize, 18);
  head.writeUInt32LE(entry.zip64 ? 0xffffffff : said.size, 22);
  head.writeUInt16LE(raw.length, 26);
  head.writeUInt16LE(extra.length, 28);
  const descriptor = Buffer.alloc(entry.descriptor ? 16 : 0);
  if (entry.descriptor) {
    descriptor.writeUInt32LE(0x08074b50, 0);
    for (const [index, value] of [crc, packedSize, size].entries()) descriptor.writeUInt32LE(value, 4 + 4 * index);
  }
  return Buffer.concat([head, raw, extra, packed, descriptor]);
}

function centralPart(entry: ZipEntry, offset: number): Buffer {
  const { host = 3, mode = 0o100644, zip64, extra: more = Buffer.alloc(0) } = entry;
  const { raw, method, flags, crc, size, packedSize } = facts(entry);
  const extra = zip64 ? Buffer.concat([sizes64(size, packedSize), more]) : more;
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE((host << 8) | 20, 4);
  head.writeUInt16LE(20, 6);
  head.writeUInt16LE(flags, 8);
  head.writeUInt16LE(method, 10);
  head.writeUInt32LE(crc, 16);
  head.writeUInt32LE(zip64 ? 0xffffffff : packedSize, 20);
  head.writeUInt32LE(zip64 ? 0xffffffff : size, 24);
  head.writeUInt16LE(raw.length, 28);
  head.writeUInt16LE(extra.length, 30);
  head.writeUInt32LE((mode << 16) >>> 0, 38);
  head.writeUInt32LE(offset, 42);
  return Buffer.concat([head, raw, extra]);
}

function sizes64(size: number, packedSize: number): Buffer {
  const field = Buffer.alloc(20);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(16, 2);
  field.writeBigUInt64LE(BigInt(size), 4);
  field.writeBigUInt64LE(BigInt(packedSize), 12);
  return field;
}
