// What lists are filtered by besides their fields, and what becomes of a filter that does not exist.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases, newDatabase } from '../support/databases.js';
import { defined, ran, shell } from '../support/programs.js';
import { startServer, type TestServer } from '../support/server.js';

describe.each(databases)('on %s', (databaseName) => {
  let server: TestServer;
  const author = 'author:pw';
  const found = async (query: string, login?: string) =>
    (await server.send({ path: `/api/process_definition/?${query}`, ...(login && { login }) })).json;
  const names = async (query: string, login?: string) =>
    (await found(query, login)).objects.map((one: { definition: { name: string } }) => one.definition.name);

  beforeAll(async () => {
    server = await startServer(await newDatabase(databaseName));
    await server.user(author, 'author');
    await defined(server, shell('exit 0', { name: 'wav-to-mp3', description: 'Makes "small" sound, für alle', tags: ['audio', 'mp3'] }));
    await defined(
      server,
      shell('exit 0', { name: 'volume', description: 'louder SOUND', tags: ['audio', 'a"b', 'été'], visibility: 'shared' }),
    );
    await defined(server, shell('exit 0', { name: 'plain' }), author);
  });
  afterAll(() => server.stop());

  test.each<[string, string[]]>([
    ['q=mp3', ['wav-to-mp3']],
    ['q=sound', ['wav-to-mp3', 'volume']],
    ['q=f%C3%BCr', ['wav-to-mp3']],
    ['q=%25', []],
    ['q=tags', []],
    ['q=AUDI', ['wav-to-mp3', 'volume']],
    ['q=bin/sh', ['wav-to-mp3', 'volume', 'plain']],
    ['tags=audio', ['wav-to-mp3', 'volume']],
    ['tags=audio,mp3', ['wav-to-mp3']],
    ['tags=a%22b', ['volume']],
    ['tags=%C3%A9t%C3%A9', ['volume']],
    ['tags=audi', []],
    ['owner=author', ['plain']],
    ['owner=admin&tags=audio&q=small', ['wav-to-mp3']],
    ['owner=nobody', []],
    ['owner=admin&order_by=-name', ['wav-to-mp3', 'volume']],
    ['nosuch=1', ['wav-to-mp3', 'volume', 'plain']],
  ])('definitions by %s', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
    expect((await found(query)).meta.total_count).toBe(expected.length);
  });

  test('values may be repeated, but of each at most ten different ones are searched for', async () => {
    const repeated = (name: string) => Array.from({ length: 1000 }, () => `${name}=audio`).join('&');
    expect(await names(`${repeated('tags')}&order_by=${'-name,exec,'.repeat(300)}name`)).toEqual(['wav-to-mp3', 'volume']);
    expect(await names(repeated('owner'))).toEqual([]);
    for (const name of ['q', 'tags', 'owner']) {
      const { code, error } = await found(Array.from({ length: 11 }, (_none, index) => `${name}=${index}`).join('&'));
      expect([code, error]).toEqual(['invalid_request', `at most 10 values of '${name}' are allowed, got 11`]);
    }
  });

  test('other users find only what they see', async () => {
    expect(await names('q=sound', author)).toEqual(['volume']);
    expect(await names('owner=admin', author)).toEqual(['volume']);
    expect(await names('owner=author', author)).toEqual(['plain']);
  });

  test('runs by success, and by the name of their definition', async () => {
    const good = await ran(server, shell('exit 0', { name: 'good-one' }));
    const bad = await ran(server, shell('exit 3', { name: 'bad-one' }));
    const accepted = await ran(server, shell('exit 3', { name: 'other', success_exit_codes: [3] }));
    const runs = async (query: string, login?: string) => {
      const { meta, objects } = (await server.send({ path: `/api/run/?${query}`, ...(login && { login }) })).json;
      expect(meta.total_count).toBe(objects.length);
      return objects.map((run: { resource_uri: string }) => run.resource_uri);
    };
    expect(await runs('success=true')).toEqual([accepted, good]);
    expect(await runs('success=false')).toEqual([bad]);
    expect(await runs('q=ONE')).toEqual([bad, good]);
    expect(await runs('q=one&success=true&order_by=created_at')).toEqual([good]);
    expect(await runs('q=one&created_at__gte=2020-01-01T00:00:00Z')).toEqual([bad, good]);
    expect(await runs('q=one', author)).toEqual([]);
  });

  test.each([
    ['run', 'sucess=true', 'success'],
    ['run', 'created_at__year=2026', 'created_at__gte'],
    ['run', 'success=maybe', 'true or false'],
    ['binding', 'nosuch=1', 'limit, offset'],
    ['user', 'role=admin', 'limit, offset'],
  ])('a wrong filter of /api/%s/, %s, is a 400 that names the right ones', async (list, query, named) => {
    const { status, json } = await server.send({ path: `/api/${list}/?${query}` });
    expect([status, json.code, json.detail]).toEqual([400, 'invalid_request', expect.stringContaining(named)]);
  });
});
