// What a zip, a tar, a header and a JSON text say of times that they cannot hold, as other programs read it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import { afterAll, describe, expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { fileDate, isoTime, lastModified, tarTime, timeInTar, zipTime } from '../../src/model/file-times.js';

const folder = mkdtempSync(join(tmpdir(), 'procreg-times-'));
afterAll(() => rmSync(folder, { recursive: true }));

const python = (script: string) => execFileSync('python3', ['-c', script], { cwd: folder, encoding: 'utf8' }).trim();
const at = (text: string) => Date.parse(text);
const beyond = 2 ** 55 * 1000;

/** The time that was set, and the years in which a reader may find the entry. */
const times: [said: string, timeMs: number, zipYear: number, tarYear: number][] = [
  ['before all that JavaScript can say', -beyond, 1970, 1970],
  ['the year -32873', -(2 ** 40) * 1000, 1970, 1970],
  ['half a second before 1970', -500, 1970, 1970],
  ['1970', 0, 1970, 1970],
  ['1979', at('1979-06-01T12:00:00Z'), 1979, 1979],
  ['2026', at('2026-06-01T12:00:00.5Z'), 2026, 2026],
  ['the last second of a signed number of 32 bits', (2 ** 31 - 1) * 1000, 2038, 2038],
  ['2039', at('2039-06-01T12:00:00Z'), 2039, 2039],
  ['2107', at('2107-06-01T12:00:00Z'), 2107, 2107],
  ['2200', at('2200-06-01T12:00:00Z'), 2107, 2200],
  ['2446', at('2446-05-10T22:38:55Z'), 2107, 2242],
  ['the year 36812', 2 ** 40 * 1000, 2107, 2242],
  ['after all that JavaScript can say', beyond, 2107, 2242],
];

describe.each(times)('of a file dated %s', (_said, timeMs, zipYear, tarYear) => {
  test('a zip is whole, and its reader finds the nearest time', async () => {
    const zip = new ZipFile();
    zip.addBuffer(Buffer.from('content'), 'file', zipTime(timeMs));
    zip.addEmptyDirectory('folder', zipTime(timeMs));
    zip.end();
    writeFileSync(join(folder, 'a.zip'), await buffer(zip.outputStream));
    const script = `import zipfile, struct, datetime
z = zipfile.ZipFile("a.zip"); assert z.testzip() is None
for i in z.infolist():
  print(datetime.datetime.fromtimestamp(struct.unpack("<i", i.extra[5:9])[0], datetime.timezone.utc).year if i.extra else i.date_time[0])`;
    expect(python(script).split('\n').map(Number)).toEqual([zipYear, zipYear]);
  });

  test('a tar has the time, or the nearest that eleven octal digits hold', async () => {
    const packed = pack();
    packed.entry({ name: 'file', ...tarTime(timeMs) }, 'content');
    packed.finalize();
    const bytes = await buffer(packed);
    writeFileSync(join(folder, 'a.tar'), bytes);
    const script =
      'import tarfile, datetime; m = tarfile.open("a.tar").getmembers()[0].mtime; print(datetime.datetime.fromtimestamp(m, datetime.timezone.utc).year)';
    expect(python(script)).toBe(String(tarYear));
    execFileSync('tar', ['-xf', 'a.tar'], { cwd: folder, stdio: 'pipe' });
    const read = await new Promise<Date | undefined>((resolve) => {
      const unpacked = extract().on('entry', (header) => resolve(timeInTar(header)));
      unpacked.end(bytes);
    });
    expect(read?.getUTCFullYear()).toBe(tarYear);
  });

  test('JSON has a date of RFC 3339, and a header one of RFC 9110 that is not in the future', () => {
    expect(isoTime(timeMs)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const header = lastModified(timeMs);
    expect(header).toMatch(/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/);
    expect(Date.parse(header)).toBeLessThanOrEqual(Date.now());
    if (timeMs > at('0001-01-01T00:00:00Z') && timeMs <= Date.now())
      expect([isoTime(timeMs), Date.parse(header)]).toEqual([new Date(timeMs).toISOString(), Math.floor(timeMs / 1000) * 1000]);
  });

  test('a file can be given the time', () => {
    expect(Number.isNaN(fileDate(timeMs).getTime())).toBe(false);
  });
});

test.each([
  ['nothing is said', {}, undefined],
  ['it is not a number', { pax: { mtime: 'yesterday' } }, undefined],
  ['it is a fraction', { mtime: new Date(0), pax: { mtime: '1.5' } }, 1500],
  ['it is before 1970', { pax: { mtime: '-10' } }, -10_000],
  ['no Date can say it', { pax: { mtime: '1e300' } }, 8.64e15],
  ['the header has no valid one', { mtime: new Date(Number.NaN) }, undefined],
])('of an entry of a tar with an unusual time, where %s, the time is read as far as it is valid', (_what, header, timeMs) => {
  expect(timeInTar(header)?.getTime()).toBe(timeMs);
});
