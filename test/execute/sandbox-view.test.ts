// Which files and folders of /etc a program in the sandbox sees.
import { expect, test } from 'vitest';
import { isShown } from '../../src/execute/sandbox/view.js';

test.each([
  'alternatives',
  'ld.so.cache',
  'ld.so.conf.d',
  'fonts',
  'java-17-openjdk',
  'php',
  'python3',
  'python3.11',
  'perl',
  'mono',
  'ghc',
  'fpc.cfg',
  'fpc-3.2.2.cfg',
])('/etc/%s, which languages need, is seen', (name) => {
  expect(isShown(name)).toBe(true);
});

test.each([
  'shadow',
  'ssl',
  'phpmyadmin',
  'phppgadmin',
  'php-secrets',
  'java-keys',
  'javamelody',
  'mono-xsp4',
  'perl.key',
  'python-apps',
  'ruby-on-rails',
  'magic-link',
  'ld.so.conf.secret',
])('/etc/%s, which may hold secrets, is not', (name) => {
  expect(isShown(name)).toBe(false);
});
