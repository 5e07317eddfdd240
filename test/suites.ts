// Which tests run when: those that need no server, those of every change, those that take long, and those of a release.

/** npm run test:fast: what needs neither a server nor anything installed. */
export const fast = [
  'test/architecture/{benchmarks,dependencies,english,folders,forbidden,launcher,run-fields,size}.test.ts',
  'test/database/**/*.test.ts',
  'test/contracts/memory-bus.test.ts',
  'test/execute/{framing,packing,sandbox-view}.test.ts',
  'test/imports/**/*.test.ts',
  'test/model/**/*.test.ts',
  'test/services/**/*.test.ts',
  'test/web/**/*.test.ts',
];

/** npm run test:long: many restarts and kills, gigabytes, full disks, brokers, a browser, whole dialects, sanitizers. */
export const long = [
  'test/browser/{accessibility,openapi,sessions}.test.ts',
  'test/{crash,launcher,storm}/**/*.test.ts',
  'test/cli/lost-connections.test.ts',
  'test/conformance/{five-ways,jobs,procaas,real-definitions,remote-jobs,tastypie-golden}.test.ts',
  'test/e2e/{address,invisible-restarts,listening,local-socket,shortages,shutdown}.test.ts',
  'test/e2e/{bindings,binding-changes,binding-services,messages-document,service-output,shared-services}.test.ts',
  'test/e2e/{database-away,database-file,digests,full-disk-ends,generated-clients,restore,retention}.test.ts',
  'test/e2e/{definitions-directory,first-password,known-definitions,passwd}.test.ts',
  'test/e2e/{launcher-faults,launcher-killed,launcher-leaves,recovery,service-adoption,takeovers}.test.ts',
  'test/e2e/{adapter-pairs,agents,process-group,proxied-programs,revoked-streams,start-rights}.test.ts',
  'test/security/{any-json,daemonised-grandchild,descriptors,endless-output,greedy-programs,hostile-agents}.test.ts',
  'test/security/{hostile-routers,leaks,many-ways,other-users-runs,process-api,random-stops,squatted-folders}.test.ts',
];

/** npm run test:release: what the product meets elsewhere: packages, containers, other web servers, compilers, shells, archives of clients; the page, view by view; Lighthouse, and linters of OpenAPI. */
export const release = [
  'test/cli/{completion,def-commands,groups,how-to,progress,runs}.test.ts',
  'test/conformance/{job-archives,mcp-suite}.test.ts',
  'test/{lighthouse,openapi-linters}/*.test.ts',
  'test/browser/{definitions,dialogs,edit-definition,form-callers,form-commands,form-fields,form-files,form-links,import,log,long-log,new-program,new-script,operations,pictures,run,runs,services,sign-in,swagger-definitions,swagger-login,swagger-ui,terminal}.test.ts',
  'test/e2e/{container,cwl-export,languages,packed,packed-client,python-client,resumed-output,reverse-proxies,waiting-orders,without-compiler}.test.ts',
];
