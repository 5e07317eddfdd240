// The role `serve`: boots the application, prints where it listens, and shuts it down cleanly.
import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { Credentials } from '../accounts/credentials.js';
import { makeFirstAdmin, type PasswordState } from '../accounts/first-admin.js';
import { OpenConnections } from '../accounts/open-connections.js';
import { Passwords } from '../accounts/passwords.js';
import { Sessions } from '../accounts/sessions.js';
import { Tickets } from '../accounts/tickets.js';
import { Users } from '../accounts/users.js';
import { Metrics } from '../api/operations/metrics.js';
import { WebPage } from '../api/page/web-page.js';
import { Bindings } from '../bindings/bindings.js';
import { RouterClient } from '../compat/jobs/router-client.js';
import { copyBeforeMigration } from '../database/copy-before-migration.js';
import { lockDataDirectory } from '../database/data-directory-lock.js';
import { keepDatabase } from '../database/database-file.js';
import { DatabaseMark } from '../database/database-mark.js';
import { Authentication } from '../http/authenticate.js';
import { corsOptions } from '../http/cors.js';
import { ErrorFilter } from '../http/error-filter.js';
import { answerHalfClosed } from '../http/half-closed.js';
import { HostCheck } from '../http/host-check.js';
import { prepareFastify, rewriteRequest, secureHeaders } from '../http/http-server.js';
import { isLocalOnly, Listening } from '../http/listening.js';
import { localServer, openLocalSocket } from '../http/local-socket.js';
import { identify, requestId } from '../http/request-identity.js';
import { RouteTable } from '../http/route-table.js';
import { sendError } from '../http/send-response.js';
import { answerUnreadable } from '../http/unreadable-requests.js';
import { routeUpgrades } from '../http/upgrade.js';
import { setBasePath } from '../http/urls.js';
import type { OwnAddresses } from '../model/own-addresses.js';
import { Uploads } from '../run-http/uploads.js';
import { Recovery } from '../runs/recovery.js';
import { databaseTarget, type Settings } from '../settings/settings.js';
import { descriptorLimit } from '../worker/descriptor-limit.js';
import { AppModule } from './app.module.js';
import { databaseContents } from './database-contents.js';
import { type ExecutionEnvironment, makeDataDirectory, prepareExecutionEnvironment } from './execution-environment.js';
import { loadPlugins } from './load-plugins.js';
import { createLog, NestLogger } from './logging.js';
import { startNotice } from './missing-guarantees.js';
import { serveDocumentation } from './openapi.js';
import { applyDefinitions, HangupHandler, type ReloadParts } from './reload.js';
import { contactListenerKeepers, openAddress } from './server-address.js';
import { settleMemory } from './settle-memory.js';
import { closeOnSignals, Shutdown } from './shutdown.js';
import { setV8Flags } from './v8-flags.js';
import { version } from './version.js';
import { printWelcome } from './welcome.js';

/** Connections with slow headers are cut. The limit of connections leaves enough descriptors for the work that they request. */
const bounds = { headersTimeout: 15_000, maxConnections: Math.min(10_000, Math.floor(descriptorLimit * 0.6)) };

export interface ServeOptions {
  /** Where the native launcher cannot run, child_process takes its place unless LAUNCHER=native. */
  launcherOptional?: boolean;
}

/** The parts with which an application is opened. */
interface Means {
  adapter: FastifyAdapter;
  logger: Logger;
  nestLogger: NestLogger;
}

export async function serve(settings: Settings, { launcherOptional }: ServeOptions): Promise<void> {
  setV8Flags();
  const { logger, hangups } = openLog(settings);
  await loadPlugins(settings.plugins);
  makeDataDirectory(settings);
  const unlock = lockDataDirectory(settings.dataDir);
  const mark = new DatabaseMark(settings.dataDir, databaseTarget(settings));
  mark.check();
  const environment = await prepareExecutionEnvironment(settings, launcherOptional);
  const keepers = await contactListenerKeepers(environment, settings, logger);
  setBasePath(settings.basePath);
  const nestLogger = new NestLogger(logger);
  const adapter = new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: requestId,
    trustProxy: settings.trustProxy,
    rewriteUrl: (request: IncomingMessage) => rewriteRequest(request, settings.basePath),
    frameworkErrors: refuseAddress,
    // no middleware: a hook and a copy of the address less in every request
    skipMiddie: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16384 },
    ...tls(settings),
  } as never);
  const app = await openApplication(settings, AppModule.of(settings, environment), { adapter, logger, nestLogger });
  const file = keepDatabase(app.get(DataSource), databaseTarget(settings), mark);
  nestLogger.booted = true;
  const routerClient = settings.compat.includes('jobs') ? app.get(RouterClient) : undefined;
  const http: Server = app.getHttpServer();
  const listening = new Listening(http, keepers, bounds.maxConnections);
  const shutdown = new Shutdown(app, {
    graceMs: settings.graceMs,
    onShutdown: settings.onShutdown,
    restartWaitMs: settings.restartWaitMs ?? 0,
    listening,
    keepers,
    unlock: () => {
      file?.end();
      unlock();
    },
    endRouted: async () => routerClient?.end(),
    cleanUp: environment.cleanUp,
  });
  const addresses = environment.executor.ownAddresses;
  const local = await prepareHttp(app, settings, { shutdown, addresses });
  listening.waitFor(local);
  const passwordState = await prepareContents(app, settings, environment);
  await openAddress(listening, settings, addresses);
  const { requestTimeout, keepAliveTimeout } = http;
  await openLocalSocket(Object.assign(local, bounds, { requestTimeout, keepAliveTimeout }), settings.dataDir).then(
    (close) => shutdown.beforeEnd(close),
    (error: Error) => logger.warn(`the commands on this machine cannot reach the server: ${error.message}`),
  );
  heedSignals({ app, settings, shutdown }, hangups, logger);
  nestLogger.listening = true;
  void routerClient?.begin();
  settleMemory();
  printNotes(environment, logger);
  printWelcome(settings, addresses.url, passwordState);
}

function openLog(settings: Settings): { logger: Logger; hangups: HangupHandler } {
  const log = createLog(settings);
  return { logger: log.logger, hangups: new HangupHandler(log) };
}

function heedSignals(parts: ReloadParts, hangups: HangupHandler, logger: Logger): void {
  closeOnSignals(parts.shutdown, logger);
  hangups.serve(parts);
}

function printNotes({ notes, isolation }: ExecutionEnvironment, logger: Logger): void {
  for (const note of notes) logger.warn(note);
  const notice = startNotice(isolation.launcher, isolation.note);
  if (notice) console.log(notice);
}

async function openApplication(settings: Settings, module: DynamicModule, by: Means): Promise<NestFastifyApplication> {
  try {
    const copy = copyBeforeMigration(databaseTarget(settings), databaseContents);
    if (copy) by.logger.info({ copy }, 'the database was copied before the migration');
    const options = { bodyParser: false, abortOnError: false, logger: by.nestLogger };
    return await NestFactory.create<NestFastifyApplication>(module, by.adapter, options);
  } catch (error) {
    throw new Error(`the server cannot start with the database ${databaseName(settings)}: ${(error as Error).message}`);
  }
}

/** Fastify runs no hooks for an address that it refuses itself, so that the error is sent here. */
function refuseAddress(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  identify(request, reply);
  secureHeaders(reply);
  sendError(request, reply, error);
}

/** Names the database without the password. */
function databaseName(settings: Settings): string {
  const target = databaseTarget(settings);
  return target.kind === 'sqlite' ? target.file : `${target.database} on ${target.host}:${target.port}`;
}

function tls({ tlsCert, tlsKey }: Settings): object {
  if (!tlsCert !== !tlsKey) throw new Error('TLS_CERT and TLS_KEY must be set together');
  return tlsCert && tlsKey ? { https: { cert: readFileSync(tlsCert), key: readFileSync(tlsKey) } } : {};
}

/** Returns the server for the local socket, which does not listen yet. */
async function prepareHttp(
  app: NestFastifyApplication,
  settings: Settings,
  { shutdown, addresses }: { shutdown: Shutdown; addresses: OwnAddresses },
): Promise<Server> {
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const { corsOrigins } = settings;
  const accounts = { credentials: app.get(Credentials), users: app.get(Users), sessions: app.get(Sessions), tickets: app.get(Tickets) };
  if (corsOrigins.length > 0) app.enableCors(corsOptions(corsOrigins) as never);
  prepareFastify(fastify, {
    routes: app.get(RouteTable),
    authentication: new Authentication(accounts, app.get(OpenConnections)),
    metrics: app.get(Metrics).http,
    corsOrigins,
    hosts: new HostCheck(settings.allowedHosts, settings.trustProxy, () => isLocalOnly(addresses.list)),
    hasPage: app.get(WebPage).isBuilt,
    isClosing: () => shutdown.closing,
    refuses: () => shutdown.refuses,
  });
  app.useGlobalFilters(new ErrorFilter());
  serveDocumentation(app, version);
  await app.init();
  await fastify.ready();
  Object.assign(app.getHttpServer(), bounds);
  addresses.encrypted = settings.tlsCert !== undefined;
  const route = (request: IncomingMessage, response: ServerResponse) => fastify.routing(request, response);
  const local = localServer(route);
  for (const server of [app.getHttpServer() as Server, local]) {
    routeUpgrades(server, route);
    answerHalfClosed(server);
    answerUnreadable(server, route, fastify.log);
  }
  return local;
}

async function prepareContents(app: NestFastifyApplication, settings: Settings, environment: ExecutionEnvironment): Promise<PasswordState> {
  const users = app.get(Users);
  const { adminUsername: username, adminPassword: password } = settings;
  const passwordState = await makeFirstAdmin(users, app.get(Passwords), { username, password });
  await users.loadRights();
  await app.get(Uploads).begin();
  const { settled } = await app.get(Recovery).recover();
  void settled.then(() => {
    void environment.executor.workDirectories.emptyOut();
    environment.executor.controlGroups.removeLeft();
  });
  await app.get(Bindings).start();
  if (settings.definitionsDir) {
    const warn = (line: string) => environment.notes.push(line);
    const applied = await applyDefinitions(app, settings.definitionsDir, { adminUsername: username, warn });
    console.log(`Applied ${applied} definitions of ${settings.definitionsDir}`);
  }
  return passwordState;
}
