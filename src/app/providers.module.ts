// Provides what every module gets from outside: settings as typed objects, the writer, the dispatcher.
import { join } from 'node:path';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Passwords } from '../accounts/passwords.js';
import { SessionTerms } from '../accounts/session-uses.js';
import { AlwaysReturnData } from '../api/definitions/render.js';
import { DocumentBasis } from '../api/openapi/definition-documents.js';
import { WebPage } from '../api/page/web-page.js';
import { Buses } from '../bus/buses.js';
import { AgentNetwork } from '../compat/jobs/agent-identity.js';
import { ProcessDefaults } from '../compat/process/command.js';
import { CodeSettings } from '../compat/run-code/code-settings.js';
import { Languages } from '../compat/run-code/languages.js';
import { Availability } from '../database/availability.js';
import { guardQueries } from '../database/guarded-queries.js';
import { SerialWriter } from '../database/serial-writer.js';
import { SlowReads } from '../database/slow-reads.js';
import { StartChecks } from '../definitions/start-checks.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { EmbeddedDispatcher } from '../dispatch/embedded-dispatcher.js';
import { Lanes, type Shares } from '../dispatch/lanes.js';
import { ObservedDispatcher } from '../dispatch/observed-dispatcher.js';
import { RunLog } from '../dispatch/run-log.js';
import { Events } from '../events/events.js';
import { programFault } from '../execute/explain.js';
import { RouteTable } from '../http/route-table.js';
import { AllowedHosts } from '../model/allowed-hosts.js';
import { Conditions } from '../model/conditions.js';
import { OwnAddresses } from '../model/own-addresses.js';
import { RunAsUsers } from '../model/run-as-users.js';
import { RunCounters } from '../model/run-counters.js';
import { ServerFacts } from '../model/server-facts.js';
import { StartRights } from '../model/start-rights.js';
import { DiskWatermark } from '../results/disk-watermark.js';
import { RunsRoot } from '../results/outputs.js';
import { MessageSpool } from '../run-http/message-spool.js';
import { Uploads } from '../run-http/uploads.js';
import { RunDefaults } from '../runs/build-order.js';
import { LaneStats } from '../runs/lane-stats.js';
import { RetentionRules } from '../runs/retention-rules.js';
import { passwordsOf, type Settings } from '../settings/settings.js';
import type { ExecutionEnvironment } from './execution-environment.js';
import type { Isolation } from './isolation.js';
import { missingGuarantees } from './missing-guarantees.js';
import { version } from './version.js';

/** The page lies next to the bundle. */
const webFolder = join(import.meta.dirname, '../web');

@Global()
@Module({})
export class ProvidersModule {
  static of(settings: Settings, { executor, isolation }: ExecutionEnvironment): DynamicModule {
    const facts = (dataSource: DataSource) =>
      new ServerFacts({
        version,
        database: dataSource.options.type === 'better-sqlite3' ? 'sqlite' : dataSource.options.type,
        durability: settings.durability,
        launcher: executor.launcher.name,
        promisesOff: missingGuarantees(executor.launcher),
        launcherFault: () => executor.launcher.fault,
        isolation: isolation.ofEveryRun,
        sandbox: isolation.sandbox ? 'works' : reasonOf(isolation),
      });
    const counters = new RunCounters();
    const events = new Events(settings.keptEvents, settings.basePath);
    const disk = new DiskWatermark(settings.dataDir, settings.diskWatermarkBytes);
    const { workDirectories, shortage } = executor;
    const conditions = new Conditions([() => disk.check(), () => workDirectories.restore(), () => shortage.check()]);
    const isDebug = settings.logLevel === 'debug' || settings.logLevel === 'trace';
    const uploads = uploadsIn(settings, disk);
    const lanes = new Lanes(settings.lanes, sharesOf(settings));
    const values = [
      { provide: Passwords, useValue: passwordsOf(settings) },
      { provide: DocumentBasis, useValue: new DocumentBasis(version) },
      { provide: WebPage, useValue: new WebPage(webFolder, settings.embedOrigins) },
      { provide: RouteTable, useValue: new RouteTable() },
      { provide: SessionTerms, useValue: new SessionTerms(settings.sessionIdleMs, settings.sessionMaxMs) },
      { provide: RunCounters, useValue: counters },
      { provide: OwnAddresses, useValue: executor.ownAddresses },
      { provide: RunAsUsers, useValue: executor.runAsUsers },
      { provide: StartRights, useValue: new StartRights() },
      { provide: Events, useValue: events },
      { provide: LaneStats, useValue: new LaneStats(lanes, counters, events) },
      { provide: RunsRoot, useValue: new RunsRoot(executor.runsRoot) },
      { provide: DiskWatermark, useValue: disk },
      { provide: Conditions, useValue: conditions },
      { provide: RunDefaults, useValue: new RunDefaults(settings.defaultTimeoutMs, settings.maxOutputBytes, settings.keepInputBytes) },
      { provide: RetentionRules, useValue: retentionRules(settings) },
      { provide: MessageSpool, useValue: new MessageSpool(executor.runsRoot, settings.maxMessageBytes, () => disk.check(), uploads) },
      { provide: Uploads, useValue: uploads },
      { provide: AllowedHosts, useValue: new AllowedHosts(settings.callbackHosts) },
      { provide: AgentNetwork, useValue: agentNetwork(settings) },
      { provide: CodeSettings, useValue: codeSettings(settings) },
      { provide: Languages, useValue: languages(settings, isolation) },
      { provide: ProcessDefaults, useValue: new ProcessDefaults(settings.defaultOutputDirName) },
      { provide: StartChecks, useValue: startChecks(executor, settings) },
      { provide: AlwaysReturnData, useValue: new AlwaysReturnData(settings.alwaysReturnData) },
      { provide: Dispatcher, useValue: new ObservedDispatcher(new EmbeddedDispatcher(executor, lanes), [counters, new RunLog(isDebug)]) },
    ];
    const made = [
      { provide: SerialWriter, useFactory: guardedWriter, inject: [DataSource] },
      { provide: SlowReads, useFactory: (dataSource: DataSource) => new SlowReads(dataSource), inject: [DataSource] },
      { provide: ServerFacts, useFactory: facts, inject: [DataSource] },
      { provide: Buses, useFactory: () => Buses.open(settings.amqpUrl) },
    ];
    const providers = [...values, ...made];
    return { module: ProvidersModule, providers, exports: providers.map(({ provide }) => provide) };
  }
}

function uploadsIn({ dataDir, maxMessageBytes }: Settings, disk: DiskWatermark): Uploads {
  return new Uploads({ folder: join(dataDir, 'uploads'), bytes: maxMessageBytes, room: () => disk.check() });
}

function startChecks(executor: ExecutionEnvironment['executor'], { lanes }: Settings): StartChecks {
  return { lanes: Object.keys(lanes), programFault: (definition) => programFault(definition, executor) };
}

function retentionRules({ retentionDays, retentionBytes, userMaxBytes = Math.floor(retentionBytes / 2) }: Settings): RetentionRules {
  return new RetentionRules(retentionDays, retentionBytes, userMaxBytes);
}

function sharesOf({ queueLimit, userMaxRuns, userQueueLimit }: Settings): Shares {
  return { queued: queueLimit, userRuns: userMaxRuns, userQueued: userQueueLimit };
}

/** To be created after the migrations were applied. */
function guardedWriter(dataSource: DataSource): SerialWriter {
  const availability = new Availability();
  guardQueries(dataSource, availability);
  return new SerialWriter(dataSource, availability);
}

function codeSettings(settings: Settings): CodeSettings {
  const { callbackSecret, dataDir } = settings;
  return {
    maxExecutionMs: settings.runMaxExecutionMs,
    maxOutputBytes: settings.runMaxOutputBytes,
    maxMemoryBytes: settings.runMaxMemoryBytes,
    callbackSecret,
    callbackFolder: join(dataDir, 'callbacks'),
  };
}

function agentNetwork({ agentUid: uid, agentProperties: properties, agentTokens: tokens, dataDir, ...router }: Settings): AgentNetwork {
  const { routerUrl: url, routerToken: token, routerUser: username } = router;
  const known = { folder: join(dataDir, 'routed'), uid, properties, tokens };
  if (url === undefined) return new AgentNetwork(known);
  if (token === undefined || username === undefined) throw new Error('ROUTER_URL requires ROUTER_TOKEN and ROUTER_USER');
  return new AgentNetwork({ ...known, router: { url, token, username } });
}

/** A program outside these folders cannot be seen in a sandbox. */
const seenInSandbox = /^\/(usr|bin|sbin|lib\w*)\//;

function languages({ runPath, languagesFile }: Settings, { sandbox }: Isolation): Languages {
  return new Languages({ path: runPath, seen: sandbox ? seenInSandbox : undefined }, languagesFile);
}

function reasonOf({ trials }: Isolation): string {
  return trials.find(({ level }) => level === 'sandbox')?.reason ?? 'does not work';
}
