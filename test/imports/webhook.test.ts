// Hooks of adnanh/webhook become definitions: what a caller sends are their parameters.
import { expect, test } from 'vitest';
import { importWebhook } from '../../src/imports/webhook.js';
import { example, wordsOf } from './examples.js';
import { faultsOf } from './faults-of.js';

const all = importWebhook(example('hooks.json'));
const hook = (id: string) => all.find(({ item }) => item === `hook ${id}`) ?? { item: '', notes: [] };

test.each<[id: string, name: string, words: string[]]>([
  ['redeploy-webhook', 'redeploy-webhook', ['/var/scripts/redeploy.sh']],
  ['github', 'github', ['/home/adnan/redeploy-go-webhook.sh', '<head_commit_id>', '<pusher_name>', '<pusher_email>']],
  ['store payload', 'store-payload', ['/usr/bin/jq', '-n', '--argjson', 'payload', '<payload>', '$payload.user']],
  ['restart-service', 'restart-service', ['/usr/bin/systemctl', 'restart', '<service>']],
  ['gitlab', 'gitlab', ['pull.sh']],
  ['receive-photo', 'receive-photo', ['/usr/local/bin/store-photo']],
  ['echo-verbose', 'echo-verbose', ['/bin/echo', '--price=${amount}', '<commits_0_author_name>', '<commits_1_author_name>']],
  ['simple-codes', 'simple-codes', ['/bin/true']],
  ['who-asks', 'who-asks', ['/usr/bin/logger', '<remote_addr>', '<method>', '<headers>', '<query>']],
])('hook %s', async (id, name, words) => {
  expect(hook(id).refused).toBeUndefined();
  expect(hook(id).definition?.name).toBe(name);
  expect(wordsOf(hook(id))).toEqual(words);
  expect(await faultsOf(hook(id).definition ?? {})).toEqual([]);
});

test('a hook without a command is refused', () => {
  expect(hook('nothing-to-do').refused).toMatch(/execute-command/);
});

test('what cannot be carried over is said, without the secrets of rules', () => {
  expect(hook('github').notes.join()).toMatch(/trigger-rule/);
  expect(JSON.stringify(all)).not.toContain('mysecret');
  expect(hook('restart-service').notes.join()).toMatch(/response-message/);
  expect(hook('restart-service').notes.join()).toMatch(/http-methods/);
  expect(hook('simple-codes').notes.join()).toMatch(/success-http-response-code/);
});

test('a value that the sender left out is an empty argument, as with webhook', () => {
  expect(hook('github').definition?.parameters?.properties?.['pusher_name']).toMatchObject({ type: 'string', default: '' });
  expect(hook('github').definition?.parameters?.required).toBeUndefined();
});

test('the folder, and variables by their names', () => {
  expect(hook('redeploy-webhook').definition?.cwd).toBe('/var/webhook');
  expect(hook('gitlab').definition?.environment).toEqual({
    GITLAB_EVENT: '${X_Gitlab_Event}',
    HOOK_project_name: '${project_name}',
  });
  const photo = hook('receive-photo').definition;
  expect(photo?.environment).toEqual({ ENV_VARIABLE: '${binary}' });
  expect(photo?.parameters?.properties?.['binary']).toMatchObject({ format: 'file' });
});
