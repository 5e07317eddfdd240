// Which parts a run has: by its state, its program, and who looks.
import { api } from '../../api/client.js';
import { useResource } from '../../parts/resource.js';
import { isActive, type Run } from './run-access.js';

export type TabName = 'output' | 'messages' | 'page' | 'log' | 'files' | 'details';

/** What is known of the program from its definition. */
export interface Program {
  isService: boolean;
  hasPort: boolean;
}

export function useProgram({ definition, ready }: Run, isOwn: boolean): Program {
  const ref = isOwn ? definition?.split('/').at(-2) : undefined;
  const { value } = useResource(ref ? `program ${ref}` : null, async (signal) => {
    const { data } = await api.GET('/api/process_definition/{ref}/', { params: { path: { ref: ref as string } }, signal });
    const { process_type } = data!.definition as { process_type?: string };
    return { isService: process_type === 'service', hasPort: JSON.stringify(data!.definition).includes('${port}') };
  });
  return { hasPort: value?.hasPort ?? false, isService: ready !== undefined || (value?.isService ?? false) };
}

export function tabsOf(run: Run, isOwn: boolean, { isService, hasPort }: Program): { name: TabName; title: string }[] {
  if (!isOwn) return [{ name: 'details', title: 'Details' }];
  const isRunning = run.state === 'running';
  const hasEnded = run.state === 'finished' && !isService;
  const tabs: [isThere: boolean, name: TabName, title: string][] = [
    [hasEnded || (run.state === 'finished' && run.success === false), 'output', 'Output'],
    [isService, 'messages', 'Messages'],
    [isRunning && hasPort, 'page', 'Its page'],
    [run.state !== 'created', 'log', 'Log'],
    [true, 'files', 'Files'],
    [true, 'details', 'Details'],
  ];
  return tabs.filter(([isThere]) => isThere).map(([, name, title]) => ({ name, title }));
}

/** Whether it may still be sent something. */
export function isOpen(run: Run): boolean {
  return isActive(run) && run.state !== 'stopping';
}
