// A server in use, for pictures: programs that people know, runs that went well and badly, one that is under way, a service, a stream.
import { crc32, deflateSync } from 'node:zlib';
import { expect } from 'vitest';
import { adminLogin, type TestServer } from './server.js';

export interface Showcase {
  /** By their names: the path below /ui/, and what is there once the view is complete. */
  views: Record<string, { path: string; ready: string }>;
}

const text = (file: string) => ({ type: 'string', format: 'file', title: file });

const definitions: Record<string, object> = {
  mp3: {
    description: 'Convert audio to MP3',
    tags: ['audio'],
    exec: 'sh',
    argv: ['-c', 'cat "$1" >/dev/null; printf "%s" "$2" > "$3"', 'sh', '${input_file}', '${bitrate}', '${output_file}'],
    input_adapter: { input_type: 'file', input_parameters: { file_path: '${input_file}', extension: 'wav' } },
    output_adapter: { output_type: 'file', output_parameters: { file_path: '${output_file}', extension: 'mp3' } },
    parameters: {
      type: 'object',
      required: ['bitrate'],
      properties: {
        bitrate: { enum: ['128k', '192k', '320k'], default: '192k', title: 'Bitrate', description: 'More is better, and larger' },
        normalize: { type: 'boolean', title: 'Normalize the loudness' },
      },
    },
  },
  resize: {
    description: 'Shrink a picture',
    tags: ['image'],
    exec: 'sh',
    argv: ['-c', 'echo "$2"', 'sh', '${picture}', '${width}'],
    parameters: {
      type: 'object',
      required: ['picture', 'width'],
      properties: {
        picture: text('Picture'),
        width: { type: 'integer', minimum: 16, maximum: 4096, default: 800, title: 'Width', description: 'in pixels' },
      },
    },
  },
  report: {
    description: 'Monthly report as CSV',
    tags: ['office', 'nightly'],
    exec: './report.py',
    files: {
      'report.py':
        '#!/usr/bin/env python3\nimport sys\nmonth = sys.argv[1]\nif month == "2026-13":\n    print("reading", month, file=sys.stderr)\n    print("ValueError: there is no month 13", file=sys.stderr)\n    sys.exit(3)\nprint("day,visitors,orders")\nfor day in range(1, 13):\n    print(f"{month}-{day:02},{day * 37 % 91 + 120},{day * 13 % 17 + 4}")\n',
    },
    argv: ['${month}'],
    output_adapter: { output_type: 'file', output_parameters: { file_type: 'stream', stream_name: 'STDOUT', content_type: 'text/csv' } },
    parameters: {
      type: 'object',
      required: ['month'],
      properties: { month: { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}$', title: 'Month' } },
    },
  },
  backup: {
    description: 'Copy the database to the other house',
    tags: ['nightly'],
    exec: 'sh',
    argv: [
      '-c',
      'for i in 1 2 3 4 5 6 7 8; do echo "table $i: $((i * 4211)) rows"; [ $i = 5 ] && printf "\\033[33mwarning\\033[0m: table 5 has no key\\n" >&2; done; while :; do sleep 1; echo "still copying …"; done',
    ],
    input_adapter: { input_type: 'none' },
  },
  uppercase: { description: 'Turn a text into capitals', tags: ['text'], exec: 'tr', argv: ['a-z', 'A-Z'] },
  picture: {
    description: 'A gradient',
    tags: ['image'],
    exec: 'base64',
    argv: ['-d'],
    output_adapter: { output_type: 'file', output_parameters: { file_type: 'stream', stream_name: 'STDOUT', content_type: 'image/png' } },
  },
  translate: {
    description: 'Answers each line',
    process_type: 'service',
    exec: 'sh',
    argv: ['-c', 'while read -r line; do echo "$line" | tr a-z A-Z; done'],
  },
  cleanup: { description: 'Remove what is older than a month', tags: ['nightly'], exec: 'true', input_adapter: { input_type: 'none' } },
};

export async function fillShowcase(server: TestServer): Promise<Showcase> {
  for (const [name, definition] of Object.entries(definitions)) {
    const { status, text: said } = await server.send({ method: 'PUT', path: `/api/process_definition/${name}/`, body: { definition } });
    expect(status, said).toBe(201);
  }
  const run = async (path: string, body?: Buffer | string, headers: Record<string, string> = {}) => {
    const answer = await server.send({ method: 'POST', path: `/api/process_definition/${path}`, body, headers, login: adminLogin });
    return String(answer.headers['run-id']);
  };
  const json = { 'content-type': 'application/json' };
  for (let turn = 0; turn < 9; turn++) {
    await run('uppercase/execute/', 'hello');
    if (turn < 6) await run('mp3/execute/?bitrate=192k', 'x'.repeat(4000 + 911 * turn), { 'content-type': 'audio/wav' });
    if (turn < 5) await run('report/execute/', JSON.stringify({ month: turn === 2 ? '2026-13' : `2026-0${turn + 1}` }), json);
    if (turn < 3) await run('backup/execute/?timeout=0.2');
  }
  const csv = await run('report/execute/', JSON.stringify({ month: '2026-11' }), json);
  const failed = await run('report/execute/', JSON.stringify({ month: '2026-13' }), json);
  const picture = await run('picture/execute/', gradient(640, 240).toString('base64'));
  const running = String((await server.send({ method: 'POST', path: '/api/run/', body: { definition: 'backup' } })).json.id);
  await run('translate/execute/', 'good morning');
  await server.send({
    method: 'POST',
    path: '/api/binding/',
    body: { definition: 'uppercase', input: { stream: 'orders' }, output: { stream: 'answers' } },
  });
  await server.user('alice:correct horse', 'author');
  await server.user('bob:correct horse', 'runner');
  return {
    views: {
      definitions: { path: 'definitions', ready: '[data-row]' },
      form: { path: 'definitions/mp3', ready: 'button[type=submit]' },
      new: { path: 'new', ready: 'h1' },
      edit: { path: 'definitions/mp3/edit', ready: '[role=tabpanel], .editor, h1' },
      history: { path: 'definitions/mp3/history', ready: 'h1' },
      runs: { path: 'runs', ready: '[data-row]' },
      running: { path: `runs/${running}`, ready: 'text=still copying' },
      failed: { path: `runs/${failed}`, ready: 'text=exit code 3' },
      table: { path: `runs/${csv}`, ready: 'text=visitors' },
      picture: { path: `runs/${picture}`, ready: 'main img' },
      details: { path: `runs/${csv}#details`, ready: 'h1' },
      services: { path: 'services', ready: 'text=translate' },
      stream: { path: 'streams/orders', ready: 'h1' },
      queue: { path: 'operations', ready: 'h1' },
      users: { path: 'operations/users', ready: 'text=alice' },
      bindings: { path: 'operations/bindings', ready: 'text=orders' },
      server: { path: 'operations/server', ready: '.facts' },
      account: { path: 'account', ready: 'h1' },
      import: { path: 'import', ready: 'h1' },
      embed: { path: 'embed/mp3', ready: 'button[type=submit]' },
      'runs-of-one': { path: 'definitions/report/runs', ready: '[data-row]' },
      log: { path: `runs/${failed}#log`, ready: 'text=month 13' },
      files: { path: `runs/${csv}#files`, ready: 'h1' },
      streams: { path: 'streams', ready: 'h1' },
      terminal: { path: 'terminal', ready: 'h1' },
    },
  };
}

/** A PNG (W3C): header, one zlib stream of lines that begin with their filter, end. */
function gradient(width: number, height: number): Buffer {
  const lines = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      lines.set([(x * 255) / width, 90 + (y * 120) / height, 255 - (x * 120) / width], y * (width * 3 + 1) + 1 + x * 3);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(lines)), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
