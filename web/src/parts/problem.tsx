// What went wrong, why, and what to do.
import type { ComponentChildren } from 'preact';
import { ApiError } from '../api/client.js';

/** `children`: what to do about it, as buttons or a sentence. */
export function Problem({ error, children }: { error: unknown; children?: ComponentChildren }) {
  const { title, text, requestId } = describe(error);
  return (
    <div class="problem" role="alert">
      <strong>{title}</strong>
      <p>{text}</p>
      {requestId && <p class="small muted">Request {requestId}</p>}
      {children && <div class="actions">{children}</div>}
    </div>
  );
}

const titles: Record<number, string> = {
  0: 'The server does not answer',
  400: 'The server does not accept this',
  401: 'You are not signed in',
  403: 'You may not do this',
  404: 'This does not exist',
  409: 'This is not possible now',
  412: 'Somebody else has changed this meanwhile',
  413: 'This is too large',
  422: 'The program failed',
  429: 'Too many at once',
  503: 'The server cannot do this now',
};

function describe(error: unknown): { title: string; text: string; requestId: string | null } {
  if (!(error instanceof ApiError)) return { title: 'The page has made a mistake', text: String(error), requestId: null };
  return {
    title: titles[error.status] ?? `The server answered with ${error.status}`,
    text: sentence(error.message),
    requestId: error.requestId,
  };
}

/** An error message as a sentence. */
export function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(first) ? first : `${first}.`;
}
