// The types of the API as the page uses them: made from the OpenAPI, without what the page never reads.
import openapiTS, { astToString } from 'openapi-typescript';

export const webSchemaFile = 'web/src/api/schema.ts';

/** The interfaces of older systems have their own clients. */
const used = (path) => /^\/(api|about|health)(\/|$)/.test(path) && !/^\/api\/(v0\/|job|bash|run-code)/.test(path);

/** The text of the file; `openapi` is the answer of a server at /docs-json. */
export async function webSchema(openapi, remark) {
  const paths = Object.entries(openapi.paths).filter(([path]) => used(path));
  const slim = { ...openapi, paths: Object.fromEntries(paths.map(([path, item]) => [path, operationsOf(item)])) };
  const nodes = await openapiTS(JSON.stringify(slim), { silent: true });
  return `// The API as its OpenAPI document describes it. ${remark}\n${astToString(nodes)}`;
}

/** Errors have one form everywhere, so that they are read in one place. */
function operationsOf(item) {
  return Object.fromEntries(
    Object.entries(item).map(([verb, operation]) => {
      if (!operation.responses) return [verb, operation];
      const good = Object.entries(operation.responses).filter(([status]) => /^[123]/.test(status));
      return [verb, { ...operation, responses: Object.fromEntries(good) }];
    }),
  );
}
