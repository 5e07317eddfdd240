// The OpenAPI document and Swagger UI, created when they are first requested.
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { DocumentBasis } from '../api/openapi/definition-documents.js';
import { basePath } from '../http/urls.js';
import { RunBody } from '../run-http/run-body.js';
import { polished } from './openapi-polish.js';
import { swaggerScript, swaggerStyle } from './swagger-script.js';

function createDocument(app: INestApplication, version: string): OpenAPIObject {
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
      extraModels: [RunBody],
      operationIdFactory: (controller, method) => `${controller}_${method}`,
    }),
  );
}

export function serveDocumentation(app: INestApplication, version: string): void {
  let made: OpenAPIObject | undefined;
  const document = () => (made ??= createDocument(app, version));
  app.get(DocumentBasis).schemas = () => document().components?.schemas ?? {};
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'docs-json',
    yamlDocumentUrl: 'docs-yaml',
    customSiteTitle: 'process-registry',
    customJsStr: swaggerScript,
    customCss: swaggerStyle,
    swaggerOptions: { tryItOutEnabled: true, filter: true, docExpansion: 'list', defaultModelsExpandDepth: 0 },
  });
}
