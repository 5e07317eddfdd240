// A terminal at a run, or the way to a new one.
import type { ViewProps } from '../../views.js';
import { AttachedTerminal } from './attached-terminal.js';
import { NewShell } from './new-shell.js';
import './terminal.css';

export function TerminalView({ parts: [run] }: ViewProps) {
  return run ? <AttachedTerminal key={run} id={run} /> : <NewShell />;
}
