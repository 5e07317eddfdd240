// A button that saves something of the server as a file.
import { download } from '../api/tickets.js';
import { toast } from './toasts.js';

interface DownloadProps {
  path: string;
  name: string;
  label?: string;
  isQuiet?: boolean;
}

export function DownloadButton({ path, name, label = 'Download', isQuiet = true }: DownloadProps) {
  const save = () => download(path, name).catch((error) => toast(`${name} cannot be downloaded: ${error.message}`));
  return (
    <button type="button" class={isQuiet ? 'quiet small' : ''} onClick={save}>
      {label}
    </button>
  );
}
