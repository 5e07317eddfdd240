// A field for JSON, with what is wrong marked where it is; loaded when it is shown for the first time.
import { Lazy } from '../lazy.js';

export interface Fault {
  /** Where in the value: `argv[2]`, `limits.memory`. Empty: as a whole. */
  path: string;
  message: string;
  /** The text is not JSON; the place is where it cannot be read any further. */
  isUnreadable?: boolean;
  isWarning?: boolean;
}

export interface JsonEditorProps {
  label: string;
  text: string;
  change(text: string): void;
  faults: Fault[];
  /** Called once, with a function that leads to a fault. */
  ready?(lead: (fault: Fault) => void): void;
}

const load = async () => (await import('./editor-json.js')).EditorJson;

export function JsonEditor(props: JsonEditorProps) {
  return <Lazy load={load} props={props} />;
}
