// Makes a former version the current one; the versions in between stay.
import { useState } from 'preact/hooks';
import { api } from '../../api/client.js';
import { sentence } from '../../parts/problem.js';
import { toast } from '../../parts/toasts.js';
import { navigate } from '../../router.js';

export function Restore({ id, revision }: { id: number; revision: number }) {
  const [isBusy, setBusy] = useState(false);
  const restore = async () => {
    setBusy(true);
    const params = { path: { ref: String(id), revision: String(revision) } };
    try {
      await api.POST('/api/process_definition/{ref}/revisions/{revision}/restore/', { params });
      toast(`Version ${revision} is the current one again.`);
      navigate(`${location.pathname.slice(location.pathname.indexOf('definitions/'))}`, { replace: true });
    } catch (error) {
      toast(sentence((error as Error).message));
    }
    setBusy(false);
  };
  return (
    <button type="button" class="quiet small" disabled={isBusy} onClick={restore}>
      Restore this version
    </button>
  );
}
