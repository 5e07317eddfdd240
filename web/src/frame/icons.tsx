// The signs of the places; each is drawn with lines of the colour of its text.
import type { JSX } from 'preact';

function icon(path: string): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

export const icons = {
  definitions: icon('M4 5h12M4 10h12M4 15h8'),
  runs: icon('M6 4l9 6-9 6z'),
  services: icon('M3 6h14M3 6v8h14V6M3 10h14M6 8h.01M6 12h.01'),
  streams: icon('M3 7c3-3 5 3 8 0s4-2 6-1M3 13c3-3 5 3 8 0s4-2 6-1'),
  operations: icon('M4 16V9M8 16V4M12 16v-6M16 16V7'),
};
