// The environment of a definition: users who may change it see its values, all others the names, wherever a definition is shown.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUser } from '../support/accounts.js';
import { databases, newDatabase } from '../support/databases.js';
import type { Answer } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';

const list = '/api/process_definition/';
const secret = 'hunter2-of-alice';

const definition = {
  exec: '/bin/sh',
  environment: { KEY: secret, URL: `https://\${host}:${secret}@x`, EMPTY: '', toString: secret },
  argv: ['-c', 'echo "$KEY" | wc -c; echo "environment": $0', '${host}'],
  parameters: { type: 'object', properties: { host: { type: 'string', default: 'h' } } },
  visibility: 'shared',
  description: 'says "environment": in its text',
};
const hidden = { KEY: '***', URL: '***', EMPTY: '***', toString: '***' };

describe.each(databases)('the values of the environment on %s', (database) => {
  let server: TestServer;
  let alice: string;
  let tokenOf: (scopes: string[]) => Promise<string>;
  beforeAll(async () => {
    server = await startServer(await newDatabase(database));
    alice = `${await newUser(server, 'author')}:pw`;
    tokenOf = async (scopes) => {
      const { json } = await server.send({ method: 'POST', path: '/api/token/', login: alice, body: { name: 't', scopes } });
      return `token:${json.token}`;
    };
  });
  afterAll(async () => {
    await server.stop();
  });

  async function shared(name: string): Promise<string> {
    const { headers } = await server.send({ method: 'POST', path: list, login: alice, body: { definition: { ...definition, name } } });
    const path = String(headers.location);
    const former = { ...definition, name, environment: { ...definition.environment, FORMER: secret } };
    for (const one of [former, { ...definition, name }]) {
      expect((await server.send({ method: 'PUT', path, login: alice, body: { definition: one } })).status).toBe(204);
    }
    return path;
  }

  /** Every address that shows the definition, and what it shows of the environment there. */
  const places = (path: string, name: string): [string, (answer: Answer) => object | undefined][] => {
    const id = path.split('/')[3];
    const among = ({ json }: Answer) => json.objects.find((one: { id: number }) => one.id === Number(id)).definition.environment;
    return [
      [path, ({ json }) => json.definition.environment],
      [`${list}${name}/`, ({ json }) => json.definition.environment],
      [`${list}?limit=0`, among],
      [`${list}?name=${name}&order_by=-exec`, among],
      [`${list}set/${id}/`, among],
      [`${list}set/${name};${id}/`, among],
      [`${path}revisions/`, ({ json }) => Object.assign({}, ...json.objects.map((one: typeof json) => one.definition.environment))],
      [`${path}revisions/1/`, ({ json }) => json.definition.environment],
      [`${path}revisions/2/`, ({ json }) => json.definition.environment],
    ];
  };

  test('are hidden from other users of every role, and from tokens that may not write; the rest of the definition is not', async () => {
    const path = await shared('seen');
    const viewers = await Promise.all(['viewer', 'runner', 'author'].map(async (role) => `${await newUser(server, role)}:pw`));
    for (const login of [...viewers, await tokenOf(['viewer']), await tokenOf(['runner'])]) {
      for (const [address, environmentOf] of places(path, 'seen')) {
        const answer = await server.send({ path: address, login });
        expect([address, answer.status, answer.text.includes(secret)]).toEqual([address, 200, false]);
        expect(environmentOf(answer), address).toMatchObject(hidden);
      }
      const { definition: shown } = (await server.send({ path, login })).json;
      expect(shown).toEqual({ ...definition, name: 'seen', environment: hidden });
      expect(Object.keys(shown)).toEqual(Object.keys({ ...definition, name: 'seen' }));
    }
  });

  test('are shown to the owner, to every admin, and to their tokens that may write', async () => {
    const path = await shared('whole');
    for (const login of [alice, 'admin:secret', await tokenOf(['author']), await tokenOf(['admin'])]) {
      for (const [address, environmentOf] of places(path, 'whole')) {
        expect(environmentOf(await server.send({ path: address, login })), address).toMatchObject(definition.environment);
      }
    }
  });

  test('are hidden from an owner who may not write any more', async () => {
    const name = await newUser(server, 'author');
    const { headers } = await server.send({ method: 'POST', path: list, login: `${name}:pw`, body: { definition } });
    await server.send({ method: 'PATCH', path: `/api/user/${name}/`, body: { role: 'runner' } });
    const { text, json } = await server.send({ path: String(headers.location), login: `${name}:pw` });
    expect([text.includes(secret), json.definition.environment]).toEqual([false, hidden]);
  });

  test('are hidden in explain/, with the variables that the caller fills, and shown there to users who may write', async () => {
    const path = await shared('explained');
    const runner = `${await newUser(server, 'runner')}:pw`;
    for (const method of ['GET', 'POST']) {
      const sent = { method, path: `${path}explain/?host=mine` };
      const answer = await server.send({ ...sent, login: runner });
      expect([answer.status, answer.text.includes(secret)]).toEqual([200, false]);
      expect(answer.json.environment).toMatchObject({ ...hidden, HOME: '${tmpdir}' });
      expect(answer.json.argv.at(-1)).toBe('mine');
      const { environment } = (await server.send({ ...sent, login: alice })).json;
      expect(environment).toMatchObject({ KEY: secret, URL: `https://mine:${secret}@x` });
    }
    expect((await server.send({ path: `${path}explain/?host=a&host=b&nothing=1`, login: runner })).text).not.toContain(secret);
  });

  test('are in no record, list, event, error or answer of a run that another user makes, and the program has them', async () => {
    const path = await shared('run');
    const login = `${await newUser(server, 'runner')}:pw`;
    const ran = await server.send({ method: 'POST', path: `${path}execute/`, login });
    expect(ran.text).toContain(`${secret.length + 1}\n`);
    const run = `/api/run/${ran.headers['run-id']}/`;
    const failing = { ...definition, name: 'failing', exec: '/nowhere/to/be/found' };
    await server.send({ method: 'POST', path: list, login: alice, body: { definition: failing } });
    const failed = await server.send({ method: 'POST', path: `${list}failing/execute/`, login });
    expect(failed.status).toBe(422);
    const made = await server.send({ method: 'POST', path: '/api/run/', login, body: { definition: 'run', start: false } });
    const answers = [ran, failed, made, await server.send({ method: 'POST', path: `${path}selftest/`, login })];
    for (const address of [run, '/api/run/', `${run}wait/`, `${run}log/?follow=1`, `${run}log/?format=sse`, made.json.resource_uri])
      answers.push(await server.send({ path: address, login }));
    for (const { text } of answers) expect(text).not.toContain(secret);
    expect(server.said()).not.toContain(secret);
  });

  test.each(['environment', 'environment__contains', 'definition', 'definition__contains', 'definition__environment'])(
    'are not told by the filter and the order %s',
    async (field) => {
      await shared(`filtered-${field}`);
      const login = `${await newUser(server, 'viewer')}:pw`;
      const names = async (value: string) => {
        const { status, json } = await server.send({ path: `${list}?limit=0&${field}=${value}`, login });
        return [status, json.objects?.length];
      };
      expect(await names(secret)).toEqual(await names('nothing-has-this'));
      const order = async (sign: string) => (await server.send({ path: `${list}?order_by=${sign}${field}`, login })).status;
      expect([await order(''), await order('-')]).toEqual([400, 400]);
    },
  );

  test('come back unchanged when an editor sends what it was shown', async () => {
    const path = await shared('round');
    for (const login of [alice, 'admin:secret']) {
      const { json, headers } = await server.send({ path, login });
      const sent = {
        method: 'PUT',
        path,
        login,
        headers: { 'if-match': String(headers.etag), prefer: 'return=representation' },
        body: json,
      };
      expect((await server.send(sent)).json.definition).toEqual({ ...definition, name: 'round' });
    }
  });

  test('are not part of the version that others see: its ETag is another one, which no write accepts', async () => {
    const path = await shared('versioned');
    const viewer = `${await newUser(server, 'viewer')}:pw`;
    const [whole, names] = [await server.send({ path, login: alice }), await server.send({ path, login: viewer })];
    expect(names.headers.etag).not.toBe(whole.headers.etag);
    const again = (login: string, etag: unknown) => server.send({ path, login, headers: { 'if-none-match': String(etag) } });
    expect([(await again(viewer, names.headers.etag)).status, (await again(alice, names.headers.etag)).status]).toEqual([304, 200]);
    const headers = { 'if-match': String(names.headers.etag) };
    expect((await server.send({ method: 'PUT', path, login: alice, headers, body: names.json })).status).toBe(412);
  });

  test('the name of a secret is stored and shown, and a run is refused as long as there are no secrets', async () => {
    const body = { definition: { exec: '/usr/bin/env', argv: ['env'], environment: { KEY: { secret: 'api-key' }, PLAIN: 'x' } } };
    const { headers } = await server.send({ method: 'POST', path: list, login: alice, body });
    const path = String(headers.location);
    expect((await server.send({ path, login: alice })).json.definition).toEqual(body.definition);
    for (const sent of [
      { method: 'POST', path: `${path}execute/` },
      { path: `${path}explain/` },
      { method: 'POST', path: '/api/run/', body: { exec: '/usr/bin/env', environment: { KEY: { secret: 'api-key' } } } },
    ]) {
      const { status, json } = await server.send({ login: alice, ...sent });
      expect([status, json.code, json.error]).toEqual([409, 'unknown_secret', expect.stringContaining("'api-key'")]);
    }
    for (const value of [{ secret: '' }, { secret: 'a', more: 1 }, { secret: 1 }, 5]) {
      const wrong = { definition: { ...body.definition, environment: { KEY: value } } };
      expect((await server.send({ method: 'POST', path: list, login: alice, body: wrong })).status).toBe(400);
    }
  });
});
