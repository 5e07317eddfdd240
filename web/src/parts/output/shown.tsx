// What a program has left; what shows all the types is loaded when there is something to show.
import { Lazy } from '../lazy.js';

export interface Left {
  /** Below BASE_PATH. */
  path: string;
  name: string;
  contentType: string;
  bytes: number;
}

const load = async () => (await import('./by-type.js')).OutputByType;

export function Shown(left: Left) {
  return <Lazy load={load} props={left} />;
}
