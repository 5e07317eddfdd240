// The definition while it is tried: stored without a name, for its author alone, and gone when it is left without being saved.
import { useEffect, useMemo } from 'preact/hooks';
import { ApiError, api, request, type Schemas } from '../../api/client.js';

type Content = Record<string, unknown>;
const bodyOf = (definition: Content) => ({ definition: definition as Schemas['DefinitionBody']['definition'] });

export class Trial {
  private id: number | null = null;
  private stored = '';

  /** The number of a definition that says exactly this. */
  async store({ name: _name, visibility: _private, ...definition }: Content): Promise<number> {
    const text = JSON.stringify(definition);
    if (this.id !== null && text === this.stored) return this.id;
    if (this.id === null) {
      const params = { header: { Prefer: 'return=representation' } };
      const { data } = await api.POST('/api/process_definition/', { params, body: bodyOf(definition) });
      this.id = (data as unknown as Schemas['DefinitionObject']).id;
    } else await api.PUT('/api/process_definition/{ref}/', { params: { path: { ref: String(this.id) } }, body: bodyOf(definition) });
    this.stored = text;
    return this.id;
  }

  /** Under its name, with the runs that it has had. Throws an ApiError, `name_taken` where the name is. */
  async save(definition: Content): Promise<void> {
    const ref = this.id === null ? String(definition.name) : String(this.id);
    const params = { path: { ref }, header: this.id === null ? { 'If-None-Match': '*' } : {} };
    await api.PUT('/api/process_definition/{ref}/', { params, body: bodyOf(definition) }).catch((error) => {
      if (error instanceof ApiError && error.status === 412) throw new ApiError(409, { code: 'name_taken' });
      throw error;
    });
    this.id = null;
  }

  leave(): void {
    if (this.id === null) return;
    void request(`/api/process_definition/${this.id}/`, { method: 'DELETE', keepalive: true }).catch(() => {});
    this.id = null;
  }
}

export function useTrial(): Trial {
  const trial = useMemo(() => new Trial(), []);
  useEffect(() => {
    const leave = () => trial.leave();
    addEventListener('pagehide', leave);
    return () => {
      removeEventListener('pagehide', leave);
      leave();
    };
  }, []);
  return trial;
}
