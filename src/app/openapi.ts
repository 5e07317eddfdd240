// The OpenAPI document and Swagger UI, created when they are first requested.
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { basePath } from '../http/urls.js';
import { RunBody } from '../run-http/run-body.js';

function createDocument(app: INestApplication, version: string): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('process-registry')
    .setDescription('Register a command-line program once; run it over REST.')
    .setVersion(version)
    .addServer(basePath() || '/')
    .addBasicAuth()
    .addBearerAuth()
    .build();
  return polished(
    SwaggerModule.createDocument(app, config, {
      extraModels: [RunBody],
      operationIdFactory: (controller, method) => `${controller}_${method}`,
    }),
  );
}

/** The methods that the document does not show for a route of every method. */
const unshown = ['head', 'options', 'trace', 'search'] as const;

/** Writes addresses with their final slash, documents the server of a program only once, and puts the bodies of `Route` in place: one schema per media type. */
function polished(document: OpenAPIObject): OpenAPIObject {
  const shown = Object.entries(document.paths).filter(([path]) => !path.endsWith('/http'));
  document.paths = Object.fromEntries(shown.map(([path, item]) => [withSlash(path), item]));
  for (const path of Object.values(document.paths)) {
    for (const method of unshown) delete (path as Record<string, unknown>)[method];
    for (const operation of Object.values(path) as Record<string, unknown>[]) {
      const content = operation['x-request-content'];
      delete operation['x-request-content'];
      if (content) operation.requestBody = { content };
    }
  }
  return document;
}

/** The addresses of the API end in a slash, as those of tastypie do, except those of files; they also work without the slash. */
function withSlash(path: string): string {
  return path.startsWith('/api') && !/\/$|\{path\}$/.test(path) ? `${path}/` : path;
}

export function serveDocumentation(app: INestApplication, version: string): void {
  SwaggerModule.setup('docs', app, () => createDocument(app, version), {
    jsonDocumentUrl: 'docs-json',
    yamlDocumentUrl: 'docs-yaml',
    customSiteTitle: 'process-registry',
    swaggerOptions: { tryItOutEnabled: true },
  });
}
