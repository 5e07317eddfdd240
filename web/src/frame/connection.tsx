// Says when the page has lost the server, and when it is back.
import { useEffect, useState } from 'preact/hooks';
import { type LiveState, onLiveState } from '../api/live.js';

export function Connection() {
  const [state, change] = useState<LiveState>('open');
  useEffect(() => onLiveState(change), []);
  if (state !== 'offline') return null;
  return (
    <div class="offline" role="status">
      The server does not answer. What you see may be outdated; this page continues by itself.
    </div>
  );
}
