// What tells that a request is the repetition of an earlier one.

export interface KeyedRequest {
  userId: number;
  /** The Idempotency-Key. */
  key: string;
  /** SHA-256 over method, URL, type and body, in hex. */
  fingerprint: string;
}
