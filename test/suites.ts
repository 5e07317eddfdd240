// Which tests run when: those that need no server, those of every change, and those that take long.

/** npm run test:fast: what needs neither a server nor anything installed. */
export const fast = [
  'test/architecture/{copies,dependencies,english,folders,launcher,run-fields,size}.test.ts',
  'test/database/**/*.test.ts',
  'test/contracts/memory-bus.test.ts',
  'test/execute/{framing,packing,sandbox-view}.test.ts',
  'test/model/**/*.test.ts',
  'test/services/**/*.test.ts',
];

/** npm run test:long: many restarts and kills, gigabytes, full disks, compilers, a browser, sanitizers. */
export const long = [
  'test/browser/**/*.test.ts',
  'test/crash/**/*.test.ts',
  'test/launcher/**/*.test.ts',
  'test/storm/**/*.test.ts',
  'test/conformance/{job-archives,real-definitions,remote-jobs}.test.ts',
  'test/e2e/{address,invisible-restarts,listening,local-socket,shortages}.test.ts',
  'test/e2e/{database-away,database-file,digests,full-disk-ends,restore,retention}.test.ts',
  'test/e2e/{first-password,languages,packed,passwd,without-compiler}.test.ts',
  'test/e2e/{launcher-faults,launcher-killed,recovery,service-adoption,takeovers}.test.ts',
  'test/e2e/{process-group,proxied-programs}.test.ts',
  'test/security/{any-json,descriptors,greedy-programs,hostile-agents,hostile-routers,leaks,many-ways,squatted-folders}.test.ts',
];
