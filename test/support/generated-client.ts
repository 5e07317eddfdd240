// Clients that generators make of an OpenAPI document: generated, compiled under `strict`, and loaded.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createClient } from '@hey-api/openapi-ts';
import { build } from 'esbuild';
import openapiTypes, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { projectRoot } from './server.js';

export class GeneratedClient {
  private readonly folder = mkdtempSync(join(tmpdir(), 'procreg-typed-'));

  /** `types.ts`, by openapi-typescript. */
  async addTypes(document: string): Promise<void> {
    this.write('types.ts', astToString(await openapiTypes(document, { silent: true })));
  }

  /** `sdk/`, by @hey-api/openapi-ts. */
  async addSdk(document: string): Promise<void> {
    this.write('openapi.json', document);
    const [input, output] = [join(this.folder, 'openapi.json'), join(this.folder, 'sdk')];
    await createClient({ input, output, logs: { level: 'silent', file: false } });
  }

  write(name: string, text: string): void {
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(join(this.folder, name), text);
  }

  /** What the compiler says of this file, and of all that it imports. */
  faults(name: string): string[] {
    const program = ts.createProgram([join(this.folder, name)], {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      types: [],
      typeRoots: [],
      paths: { 'openapi-fetch': [join(projectRoot, 'node_modules/openapi-fetch')] },
    });
    return ts.getPreEmitDiagnostics(program).map(({ messageText, file, start = 0 }) => {
      const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
      return `${file?.fileName.slice(this.folder.length)}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  }

  /** What this file exports. */
  async load<Module>(name: string): Promise<Module> {
    const outfile = join(this.folder, `${name}.mjs`);
    const nodePaths = [join(projectRoot, 'node_modules')];
    await build({
      entryPoints: [join(this.folder, name)],
      bundle: true,
      format: 'esm',
      platform: 'node',
      outfile,
      nodePaths,
      logLevel: 'error',
    });
    return import(pathToFileURL(outfile).href);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
