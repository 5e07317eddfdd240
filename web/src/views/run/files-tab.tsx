// The files of a run: looked at, saved, and, where its state allows it, put there and removed.
import { useState } from 'preact/hooks';
import { request, type Schemas } from '../../api/client.js';
import { useWho } from '../../frame/who.js';
import { useAction } from '../../parts/action.js';
import { Confirm } from '../../parts/dialog.js';
import { DownloadButton } from '../../parts/download-button.js';
import { bytes, counted } from '../../parts/format.js';
import { Loaded } from '../../parts/loaded.js';
import { type Left, Shown } from '../../parts/output/shown.js';
import { useResource } from '../../parts/resource.js';
import { Ago } from '../../parts/times.js';
import { mayAct, type Run, shortId } from './run-access.js';

type RunFile = Schemas['RunFileBody'];

export function FilesTab({ run }: { run: Run }) {
  const may = mayAct(useWho(), run);
  const action = useAction();
  const [opened, open] = useState<Left | null>(null);
  const [removed, ask] = useState<RunFile | null>(null);
  const path = `${run.resource_uri}files/`;
  const files = useResource(
    `files ${run.id} ${run.state}`,
    async (signal) => (await (await request(path, { signal })).json()) as Schemas['RunFileList'],
  );
  const change = (work: () => Promise<unknown>) => void action.run(() => work().then(files.reload));
  const show = (file: RunFile) => action.run(async () => open(await leftOf(file)));
  const canPut = may && ['created', 'running', 'stopping'].includes(run.state);
  const canRemove = may && ['created', 'running', 'stopping', 'finished'].includes(run.state);
  return (
    <>
      {action.problem}
      <Loaded resource={files}>
        {({ objects, truncated }) => (
          <>
            <div class="actions files-actions">
              {objects.length > 0 && (
                <DownloadButton path={`${run.resource_uri}archive/`} name={`${shortId(run.id)}.zip`} label="Download all" />
              )}
              {run.state !== 'finished' && (
                <button type="button" class="quiet small" onClick={files.reload}>
                  Look again
                </button>
              )}
              {canPut && <Upload put={(list) => change(() => putAll(path, list))} />}
            </div>
            {objects.length === 0 && <p class="muted">{run.state === 'finished' ? 'The program has left no files.' : 'No files yet.'}</p>}
            <FileRows files={objects} show={show} remove={canRemove ? ask : null} />
            {truncated && <p class="muted small">There are more files than {counted(objects.length, 'row')}: download all of them.</p>}
          </>
        )}
      </Loaded>
      {opened && (
        <section class="opened-file" aria-label={opened.name}>
          <h2>{opened.name}</h2>
          <Shown {...opened} />
        </section>
      )}
      {removed && (
        <Confirm
          question={`Remove the file ${removed.path}?`}
          verb="Remove"
          confirm={() => change(() => request(removed.uri as string, { method: 'DELETE' }))}
          close={() => ask(null)}
        />
      )}
    </>
  );
}

interface FileRowsProps {
  files: RunFile[];
  show(file: RunFile): void;
  remove: ((file: RunFile) => void) | null;
}

function FileRows({ files, show, remove }: FileRowsProps) {
  return (
    <ul class="rows file-rows">
      {files.map((file) => {
        const folders = file.path.split('/');
        const name = folders.pop() as string;
        return (
          <li key={file.path}>
            <span class="file-name" style={{ paddingLeft: `${folders.length * 16}px` }}>
              {file.uri === null ? (
                <span class="muted">{name}/</span>
              ) : (
                <button type="button" class="link" data-row onClick={() => show(file)} aria-label={file.path}>
                  {name}
                </button>
              )}
            </span>
            {file.uri !== null && (
              <>
                <span class="muted number">{bytes(file.bytes ?? 0)}</span>
                <span class="muted file-time">
                  <Ago at={file.modified_at} />
                </span>
                <DownloadButton path={file.uri} name={name} />
                {remove && (
                  <button type="button" class="quiet small" aria-label={`Remove ${file.path}`} title="Remove" onClick={() => remove(file)}>
                    ✕
                  </button>
                )}
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function Upload({ put }: { put(files: File[]): void }) {
  return (
    <label class="button quiet upload">
      Add files
      <input
        type="file"
        multiple
        class="off-screen"
        onChange={({ currentTarget }) => {
          put([...(currentTarget.files ?? [])]);
          currentTarget.value = '';
        }}
      />
    </label>
  );
}

async function putAll(path: string, files: File[]): Promise<void> {
  for (const file of files) await request(path + encodeURIComponent(file.name), { method: 'PUT', body: file });
}

/** Its type is said by the server. */
async function leftOf({ uri, path }: RunFile): Promise<Left> {
  const { headers } = await request(uri as string, { method: 'HEAD' });
  const contentType = headers.get('Content-Type') ?? 'application/octet-stream';
  return { path: uri as string, name: path.split('/').pop() as string, contentType, bytes: Number(headers.get('Content-Length')) };
}
