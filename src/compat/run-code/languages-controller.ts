// What clients of glot ask before they run code: the languages, and the version of the server.
import { arch, release, type } from 'node:os';
import { Controller, Res } from '@nestjs/common';
import type { Reply } from '../../http/request.js';
import { Route } from '../../http/route.js';
import { sendJson } from '../../http/send-response.js';
import { ServerFacts } from '../../model/server-facts.js';
import { Languages } from './languages.js';

@Controller()
export class LanguagesController {
  constructor(
    private readonly languages: Languages,
    private readonly facts: ServerFacts,
  ) {}

  @Route({
    verb: 'GET',
    path: 'languages',
    access: 'viewer',
    errorForm: 'glot',
    summary: 'The languages of POST /run, and whether their tools are installed here',
    answers: {
      200: {
        what: 'all of them',
        body: { 'application/json': { type: 'array', items: { type: 'object' } } },
      },
    },
  })
  list(@Res() reply: Reply): void {
    sendJson(reply, 200, this.languages.report());
  }

  @Route({
    verb: 'GET',
    path: 'version',
    access: 'viewer',
    errorForm: 'glot',
    summary: "The version, in glot's form",
    answers: { 200: { what: 'what runs code here', body: { 'application/json': { type: 'object' } } } },
  })
  version(@Res() reply: Reply): void {
    const { version, launcher, isolation, sandbox } = this.facts;
    const components = Object.entries({ launcher, isolation, sandbox, node: process.version }).map(([name, value]) => ({
      name,
      version: value,
    }));
    sendJson(reply, 200, {
      docker: {
        ...{ version, apiVersion: '', gitCommit: '', goVersion: '', os: type().toLowerCase(), arch: arch() },
        ...{ kernelVersion: release(), buildTime: '', platform: { name: 'process-registry' }, components },
      },
    });
  }
}
