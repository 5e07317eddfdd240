// HTTP Basic as RFC 7617 has it: which headers let a user in, and which passwords and names can be set.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectUnauthenticated, withAuthorization, withPassword } from '../support/accounts.js';
import { startServer, type TestServer } from '../support/server.js';

const [user, password] = ['zoë', 'pä:ss::wörd ÿ!'];
const base64 = (text: string) => Buffer.from(text).toString('base64');
const unpadded = (text: string) => base64(text).replaceAll('=', '');
const pair = `${user}:${password}`;

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ ADMIN_PASSWORD: 'long enough', MIN_PASSWORD_LENGTH: '' });
  const body = { username: user, password, role: 'viewer' };
  expect((await server.send({ method: 'POST', path: '/api/user/', login: 'admin:long enough', body })).status).toBe(201);
}, 60_000);
afterAll(async () => {
  await server.stop();
});

test.each([
  ['a password with colons and letters beyond ASCII', `Basic ${base64(pair)}`],
  ['several spaces before the credentials', `Basic    ${base64(pair)}`],
  ['spaces behind them', `Basic ${base64(pair)}  `],
  ['the scheme in small letters', `basic ${base64(pair)}`],
  ['the scheme in capitals', `BASIC ${base64(pair)}`],
  ['no padding', `Basic ${unpadded(pair)}`],
  ['name and password in decomposed form', `Basic ${base64(pair.normalize('NFD'))}`],
])('%s is right', async (_what, authorization) => {
  const { status, json } = await withAuthorization(server, authorization);
  expect([status, json.username]).toEqual([200, user]);
});

test.each([
  ['the password up to its second colon', base64(`${user}:pä`)],
  ['the password up to its third colon', base64(`${user}:pä:ss`)],
  ['a colon and more behind the password', base64(`${pair}:anything`)],
  ['a colon behind the password', base64(`${pair}:`)],
  ['NUL behind the password', base64(`${pair}\0`)],
  ['a line break behind the password', base64(`${pair}\n`)],
  ['a tab before the password', base64(`${user}:\t${password}`)],
  ['DEL behind the password', base64(`${pair}\x7f`)],
  ['a control character of C1 behind the password', base64(`${pair}\u0085`)],
  ['NUL behind the name', base64(`${user}\0:${password}`)],
  ['ESC before the name', base64(`\x1b${pair}`)],
  ['a space before the name', base64(` ${pair}`)],
  ['a space behind the password', base64(`${pair} `)],
  ['no name', base64(`:${password}`)],
  ['no colon', base64(user)],
  ['no credentials', ''],
  ['ISO 8859-1 in place of UTF-8', Buffer.from(pair, 'latin1').toString('base64')],
  ['UTF-8 that breaks off', Buffer.from(pair).subarray(0, -1).toString('base64')],
  [
    'an overlong form of UTF-8',
    Buffer.concat([Buffer.from(`${user}`), Buffer.from([0xc0, 0xba]), Buffer.from(password)]).toString('base64'),
  ],
  ['the alphabet of base64url', base64(pair).replaceAll('+', '-').replaceAll('/', '_')],
  ['a character outside of the alphabet', `${base64(pair).slice(0, 5)}*${base64(pair).slice(5)}`],
  ['a space within', `${base64(pair).slice(0, 5)} ${base64(pair).slice(5)}`],
  ['padding within', `${base64(user)}${base64(`:${password}`)}`],
  ['too much padding', `${unpadded(pair)}===`],
  ['half of the padding', `${unpadded(pair)}=`],
  ['unused bits that are not zero', `${unpadded(pair).slice(0, -1)}R`],
  ['a quoted pair', `"${base64(pair)}"`],
  ['the pair as it is', pair.normalize('NFD').replaceAll(/[^ -~]/g, '')],
])('%s is refused', async (_what, credentials) => {
  expectUnauthenticated(await withAuthorization(server, `Basic ${credentials}`));
});

test.each(['Basic', `Basic\t${base64(pair)}`, `Basic:${base64(pair)}`, `Basic${base64(pair)}`, `XBasic ${base64(pair)}`])(
  'the header %j is refused',
  async (authorization) => {
    expectUnauthenticated(await withAuthorization(server, authorization));
  },
);

const create = (body: object) => server.send({ method: 'POST', path: '/api/user/', login: 'admin:long enough', body });

test.each([
  ['seven characters', 'seven77'],
  ['seven characters of two code units each', '😀'.repeat(7)],
  ['seven letters in decomposed form', 'e\u0301'.repeat(7)],
  ['more than 1024 bytes', 'ä'.repeat(513)],
  ['NUL', 'long enough\0'],
  ['a line break', 'long\nenough'],
  ['a control character of C1', 'long\u0085enough'],
  ['half a surrogate pair', 'long enough\ud800'],
  ['a number', 12345678],
])('a password of %s cannot be set, neither for a new user nor later', async (_what, wanted) => {
  const refusals = [
    await create({ username: 'new', password: wanted, role: 'viewer' }),
    await server.send({ method: 'PATCH', path: '/api/user/zo%C3%AB/', login: 'admin:long enough', body: { password: wanted } }),
    await server.send({ method: 'PATCH', path: '/api/me/', login: pair, body: { password: wanted } }),
  ];
  for (const { status, json } of refusals)
    expect([status, json.detail]).toEqual([400, expect.stringMatching(/password must|surrogate|NUL/)]);
  expect(refusals.map(({ text }) => text).join()).not.toContain('enough');
  expect(await withPassword(server, pair)).toBe(200);
});

test('a password of eight characters, or of 1024 bytes, can be set and used', async () => {
  for (const [index, wanted] of ['8::chars', 'e\u0301'.repeat(8), 'ä'.repeat(512), ' '.repeat(8)].entries()) {
    expect((await create({ username: `user ${index}`, password: wanted, role: 'viewer' })).status).toBe(201);
    expect(await withPassword(server, `user ${index}:${wanted}`)).toBe(200);
  }
});

test.each(['a:b', ':', 'a\0', 'a\nb', '\x7f', 'a\u0085', 'a\ud800', '', 'x'.repeat(151), null, 7])(
  'no user can be named %j',
  async (username) => {
    for (const { status, json } of [
      await create({ username, password: 'long enough', role: 'viewer' }),
      await server.send({ method: 'PATCH', path: '/api/user/zo%C3%AB/', login: 'admin:long enough', body: { username } }),
    ])
      expect([status, json.detail]).toEqual([400, expect.stringMatching(/username must|surrogate|NUL/)]);
  },
);
