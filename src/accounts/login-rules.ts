// Which user names and passwords are allowed: those that every client can send by HTTP Basic (RFC 7617).
import { CodedError } from '../model/coded-error.js';

/** scrypt takes any length; this bound keeps a request from causing much work. */
export const maxPasswordBytes = 1024;
const maxNameCharacters = 150;

/** RFC 7617 section 2 forbids control characters, RFC 8265 those of C1 as well; half a surrogate pair cannot be encoded in UTF-8. */
const unsendable = /[\p{Cc}\p{Cs}]/u;

/** The text as a client sends it that heeds `charset="UTF-8"` (RFC 7617 section 2.1). */
export function normalized(text: string): string {
  return text.normalize('NFC');
}

/** Whether a name or password contains characters that HTTP Basic cannot carry. */
export function isUnsendable(text: string): boolean {
  return unsendable.test(text);
}

/** The name as it is stored. Throws invalid_request. */
export function checkedName(username: string): string {
  const name = normalized(username);
  const { length } = [...name];
  // clients take them out of an address before they send it
  if (name === '.' || name === '..') throw fault('username', `username must not be '${name}': it would name another address`);
  if (length > 0 && length <= maxNameCharacters && !name.includes(':') && !isUnsendable(name)) return name;
  throw fault(
    'username',
    `username must be 1 to ${maxNameCharacters} characters without a colon or control characters, got ${JSON.stringify(username.slice(0, 200))}`,
  );
}

/** The password as it is hashed; the message never holds it. Throws invalid_request. */
export function checkedPassword(given: string, minLength: number): string {
  const password = normalized(given);
  const { length } = [...password];
  if (length < minLength)
    throw fault('password', `password must have at least ${minLength} characters (MIN_PASSWORD_LENGTH), got ${length}`);
  if (Buffer.byteLength(password) > maxPasswordBytes)
    throw fault('password', `password must have at most ${maxPasswordBytes} bytes, got ${Buffer.byteLength(password)}`);
  if (isUnsendable(password)) throw fault('password', 'password must not contain control characters: HTTP Basic cannot send them');
  return password;
}

function fault(path: string, message: string): CodedError {
  return new CodedError('invalid_request', message, { faults: [{ path, message }] });
}
