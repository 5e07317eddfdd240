// HTTP Basic as in RFC 7617: the parsing of passport-http ends the password at a second colon and accepts whatever can be decoded.
import type { IncomingMessage } from 'node:http';
import { BasicStrategy } from 'passport-http';
import { isUnsendable } from '../accounts/login-rules.js';
import type { Principal } from '../model/roles.js';

const realm = 'process-registry';

/** The challenge of every 401; the charset requests UTF-8 in normal form (RFC 7617 section 2.1). */
export const challenge = `Basic realm="${realm}", charset="UTF-8"`;

/** `callerAddress` is the address of the client as a trusted proxy reports it. */
export type AskedRequest = IncomingMessage & { callerAddress?: string };

type Check = (request: AskedRequest, username: string, password: string) => Promise<Principal | null>;

export class StrictBasicStrategy extends BasicStrategy {
  /** Passport adds these methods to the instance for one request. */
  declare readonly success: (principal: Principal) => void;
  declare readonly fail: (challenge: string) => void;
  declare readonly error: (error: unknown) => void;

  constructor(private readonly check: Check) {
    super({ realm }, () => {});
  }

  override authenticate(request: AskedRequest): void {
    const shown = parseBasic(request.headers.authorization ?? '');
    if (!shown) return this.fail(challenge);
    this.check(request, shown.username, shown.password).then(
      (principal) => (principal ? this.success(principal) : this.fail(challenge)),
      (error) => this.error(error),
    );
  }
}

/**
 * Everything after the first colon is the password. Undefined for another scheme, for text that is not base64 (RFC 4648 section 4, padding
 * optional) of UTF-8, without a colon, without a name, and with control characters.
 */
function parseBasic(header: string): { username: string; password: string } | undefined {
  const [, digits] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header) ?? [];
  const text = digits === undefined ? undefined : decode(digits);
  const colon = text?.indexOf(':') ?? -1;
  if (text === undefined || colon < 1 || isUnsendable(text)) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(digits: string): string | undefined {
  const bytes = Buffer.from(digits, 'base64');
  const canonical = bytes.toString('base64');
  if (digits !== canonical && digits !== canonical.replace(/=+$/, '')) return undefined;
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
