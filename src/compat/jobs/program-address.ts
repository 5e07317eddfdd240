// The address of a job's program within the address of its job.

import type { Request } from '../../http/request.js';
import { basePath } from '../../http/urls.js';
import { CodedError } from '../../model/coded-error.js';

interface ProgramPath {
  /** The part before the program's own path. */
  prefix: string;
  /** The decoded path, as pRouter passes it on. */
  path: string;
  query: [string, string][];
  /** Path and query, not decoded. */
  asItCame: string;
}

/** Reads `/jobs/AGENT/JOB/WORD/PATH?QUERY`. Throws not_found, and invalid_request for a path that cannot be decoded. */
export function programAddress({ raw: { url = '' } }: Request, word: string): ProgramPath {
  const [, prefix, path, query = ''] = new RegExp(`^(/[^?]*?/${word})(/[^?]*)?(?:\\?(.*))?$`, 's').exec(url) ?? [];
  if (prefix === undefined || (path === undefined && word === 'http'))
    throw new CodedError('not_found', `there is nothing at this address; a program's own begins with ${word}/`);
  const asItCame = url.slice(prefix.length) || '/';
  try {
    return { prefix: basePath() + prefix, path: decodeURIComponent(path ?? '/'), query: [...new URLSearchParams(query)], asItCame };
  } catch {
    throw new CodedError('invalid_request', 'the path is not percent-encoded as it should be');
  }
}
