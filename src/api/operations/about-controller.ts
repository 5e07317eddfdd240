// What anyone may ask: whether the server is well, what it is, and where to begin.
import { Controller, Req, Res } from '@nestjs/common';
import { Streams } from '../../bindings/streams.js';
import { prefers } from '../../http/accept.js';
import type { Reply, Request } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendJson } from '../../http/send-response.js';
import { basePath, definitionsUri } from '../../http/urls.js';
import { addVary } from '../../http/vary.js';
import { ServerFacts } from '../../model/server-facts.js';
import { Readiness } from '../../runs/readiness.js';
import { WebPage } from '../page/web-page.js';
import { features } from './features.js';

/** The clients of glot look for a description. */
const description = 'Register a command-line program once; run it over REST. Code is run by POST /run.';

@Controller()
export class AboutController {
  constructor(
    private readonly facts: ServerFacts,
    private readonly readiness: Readiness,
    private readonly streams: Streams,
    private readonly page: WebPage,
  ) {}

  @Route({
    verb: 'GET',
    access: 'public',
    summary: 'Describe this server and link to its resources',
    answers: {
      200: { what: 'name, version and links', body: { 'application/json': { type: 'object' } } },
      302: { what: 'a browser is redirected to the page, or to the documentation where the page was not built' },
    },
  })
  start(@Req() request: Request, @Res() reply: Reply): void {
    const base = basePath();
    addVary(reply, 'accept');
    if (prefers(request.headers.accept, 'text/html')) return void reply.redirect(this.page.isBuilt ? `${base}/ui/` : `${base}/docs`, 302);
    const links = {
      definitions: definitionsUri(),
      runs: `${base}/api/run/`,
      documentation: `${base}/docs`,
      openapi: `${base}/docs-json`,
      health: `${base}/health`,
    };
    sendJson(reply, 200, { name: 'process-registry', version: this.facts.version, description, ...links });
  }

  @Route({
    verb: 'GET',
    path: 'about',
    access: 'public',
    summary: 'Read the version as text, or what this server offers as JSON',
    headers: { Accept: 'application/json for `version` and `features`' },
    answers: {
      200: {
        what: 'the version; as JSON also the features',
        body: { 'text/plain': { type: 'string' }, 'application/json': { type: 'object' } },
      },
    },
  })
  about(@Req() request: Request, @Res() reply: Reply): void {
    addVary(reply, 'Accept');
    const { version } = this.facts;
    if (prefers(request.headers.accept, 'application/json'))
      return sendJson(reply, 200, { version, features: [...features, ...(this.page.isBuilt ? ['ui'] : [])] });
    void reply.code(200).header('content-type', 'text/plain; charset=utf-8').send(version);
  }

  @Route({
    verb: 'GET',
    path: 'api',
    access: 'public',
    errorForm: 'registry',
    summary: "List the resources of the registry, in tastypie's form",
    answers: { 200: { what: 'only process_definition', body: { 'application/json': { type: 'object' } } } },
  })
  api(@Res() reply: Reply): void {
    sendJson(addVary(reply, 'Accept'), 200, {
      process_definition: { list_endpoint: definitionsUri(), schema: `${definitionsUri()}schema/` },
    });
  }

  @Route({
    verb: 'GET',
    path: 'health',
    access: 'public',
    summary: 'Report whether the server is healthy, and what it uses',
    answers: {
      200: { what: 'the server is healthy', body: { 'application/json': { type: 'object' } } },
      503: { what: 'the database does not answer, or no program can be started' },
    },
  })
  async health(@Res() reply: Reply): Promise<void> {
    const problem = await this.readiness.problem();
    const state = problem ? 'unreachable' : 'ok';
    const { version, database: kind, durability, launcher, isolation, sandbox } = this.facts;
    const fault = this.facts.launcherFault();
    const isWell = !problem && !fault;
    sendJson(reply, isWell ? 200 : 503, {
      status: isWell ? 'ok' : 'failing',
      version,
      database: { kind, state, durability, ...(problem && { problem }) },
      launcher,
      launcher_state: fault ?? 'ok',
      isolation,
      buses: this.streams.states,
      sandbox,
      promises_off: this.facts.promisesOff,
    });
  }
}
