// The OpenAPI document and Swagger UI, created when they are first requested.
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { DocumentBasis } from '../api/openapi/definition-documents.js';
import { ProblemBody } from '../http/error-bodies.js';
import { basePath } from '../http/urls.js';
import { RunBody } from '../run-http/run-body.js';
import { polished } from './openapi-polish.js';
import { swaggerScript, swaggerStyle } from './swagger-script.js';

/** Of the modules of the whole server, or of these alone. */
function createDocument(app: INestApplication, version: string, include: (new () => object)[] = []): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('process-registry')
    .setDescription('Register a command-line program once; run it over REST.')
    .setVersion(version)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer(basePath() || '/')
    .addBasicAuth()
    .addBearerAuth()
    .build();
  return polished(
    SwaggerModule.createDocument(app, config, {
      include,
      extraModels: [RunBody, ProblemBody],
      operationIdFactory: (controller, method) => `${controller}_${method}`,
    }),
  );
}

class NoModule {}

export function serveDocumentation(app: INestApplication, version: string): void {
  let made: OpenAPIObject | undefined;
  const document = () => (made ??= createDocument(app, version));
  // the models alone: the whole document takes a tenth of a second
  let models: Record<string, unknown> | undefined;
  app.get(DocumentBasis).schemas = () => (models ??= createDocument(app, version, [NoModule]).components?.schemas ?? {});
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'docs-json',
    yamlDocumentUrl: 'docs-yaml',
    customSiteTitle: 'process-registry',
    customJsStr: swaggerScript,
    customCss: swaggerStyle,
    swaggerOptions: { tryItOutEnabled: true, filter: true, docExpansion: 'list', defaultModelsExpandDepth: 0 },
  });
}
