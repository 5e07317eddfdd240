// The systemd units: systemd takes them, and they say what keeps runs alive and programs working.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../support/server.js';

const folder = join(projectRoot, 'contrib/systemd');
const names = ['process-registry.service', 'process-registry-launcher.service', 'process-registry.socket'];
const [server, launcher, socket] = names.map((name) => parse(readFileSync(join(folder, name), 'utf8')));

/** `Section.Key` → the values of its lines. */
function parse(text: string): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  let section = '';
  for (const line of text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))) {
    const [, heading] = /^\[(\w+)\]$/.exec(line) ?? [];
    if (heading) section = heading;
    const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (!heading && !key) throw new Error(`systemd would not take this line: ${line}`);
    if (key) found[`${section}.${key}`] = [...(found[`${section}.${key}`] ?? []), value];
  }
  return found;
}

test('systemd-analyze has nothing to say against them', () => {
  const { error, status, stderr } = spawnSync('systemd-analyze', ['verify', ...names.map((name) => join(folder, name))], {
    encoding: 'utf8',
  });
  if (error) return expect(error).toMatchObject({ code: 'ENOENT' });
  expect(stderr.split('\n').filter((line) => line.includes('process-registry'))).toEqual([]);
  if (!/Failed to (initialize|start|allocate)/.test(stderr)) expect(status, stderr).toBe(0);
});

test('the units start the roles of the procreg command by its name', () => {
  expect(server['Service.ExecStart']).toEqual(['/usr/bin/env procreg server serve']);
  expect(launcher['Service.ExecStart']).toEqual(['/usr/bin/env procreg server launcher']);
  expect(server['Service.ExecReload']).toEqual(['/bin/kill -HUP $MAINPID']);
  for (const unit of [server, launcher]) expect(unit['Install.WantedBy']).toEqual(['multi-user.target']);
});

test('the socket listens on both addresses of loopback, and RESTART_WAIT is set for installations without it', () => {
  expect(socket['Socket.ListenStream']).toEqual(['127.0.0.1:8000', '[::1]:8000']);
  expect(socket['Socket.BindIPv6Only']).toEqual(['ipv6-only']);
  expect(socket['Install.WantedBy']).toEqual(['sockets.target']);
  expect(server['Unit.After'].join(' ')).toContain('process-registry.socket');
  expect(server['Service.Environment'].join(' ')).toContain('RESTART_WAIT=30');
});

describe('runs outlive the server', () => {
  test('neither unit ends with the other', () => {
    for (const unit of [server, launcher]) {
      for (const key of ['Requires', 'BindsTo', 'PartOf', 'Conflicts']) expect(unit[`Unit.${key}`], key).toBeUndefined();
    }
    expect(server['Unit.Wants'].join(' ')).toContain('process-registry-launcher.service');
    expect(server['Unit.After'].join(' ')).toContain('process-registry-launcher.service');
  });

  test.each([
    ['the server', server],
    ['the launcher', launcher],
  ])('%s gets TERM alone, has its own cgroups, and survives a program that is out of memory', (_which, unit) => {
    expect(unit).toMatchObject({
      'Service.KillMode': ['mixed'],
      'Service.Delegate': ['yes'],
      'Service.OOMPolicy': ['continue'],
      'Service.TasksMax': ['infinity'],
      'Service.Restart': ['on-failure'],
    });
  });

  test('both use the same data and the same settings', () => {
    for (const unit of [server, launcher]) expect(unit['Service.Environment'].join(' ')).toContain('DATA_DIR=/var/lib/process-registry');
    for (const key of ['EnvironmentFile', 'StateDirectory', 'StateDirectoryMode', 'CapabilityBoundingSet']) {
      expect(launcher[`Service.${key}`], key).toEqual(server[`Service.${key}`]);
    }
  });
});

test('no setting that programs inherit breaks them', () => {
  const breaking = [
    'PrivateTmp',
    'PrivateDevices',
    'PrivateNetwork',
    'ProtectHome',
    'ProtectProc',
    'ProtectControlGroups',
    'ProtectKernelTunables',
    'ProtectHostname',
    'ProtectClock',
    'RestrictNamespaces',
    'RestrictAddressFamilies',
    'RestrictSUIDSGID',
    'RestrictRealtime',
    'LockPersonality',
    'MemoryDenyWriteExecute',
    'SystemCallFilter',
    'DeviceAllow',
    'IPAddressDeny',
  ];
  for (const unit of [server, launcher]) {
    for (const key of breaking) expect(unit[`Service.${key}`], key).toBeUndefined();
    expect(unit['Service.ProtectSystem']).toEqual(['full']);
    expect(unit['Service.NoNewPrivileges']).toEqual(['yes']);
  }
});
