// The shape of the files of a run on the wire.
import { ApiProperty } from '@nestjs/swagger';
import { filesUri } from '../../http/urls.js';
import { isoTime } from '../../model/file-times.js';
import type { FileList, RunFile } from '../../model/run-files.js';

export class RunFileBody {
  @ApiProperty({ example: 'sub/a.txt', description: 'relative to the work directory' })
  path: string;

  @ApiProperty({
    description: 'a name in the path is not UTF-8: bytes that are not part of a character, and `%`, are percent-encoded in it',
  })
  encoded: boolean;

  @ApiProperty({ enum: ['file', 'folder'] })
  type: string;

  @ApiProperty({ type: Number, nullable: true, description: 'null for a folder' })
  bytes: number | null;

  @ApiProperty()
  modified_at: string;

  @ApiProperty({ type: String, nullable: true, description: 'where the file can be read; null for a folder' })
  uri: string | null;
}

export class RunFileList {
  @ApiProperty({ type: [RunFileBody], description: 'ordered by path' })
  objects: RunFileBody[];

  @ApiProperty({ description: 'whether there are more files than are listed' })
  truncated: boolean;
}

export function fileListBody(id: string, { files, truncated }: FileList): RunFileList {
  return { objects: files.map((file) => fileBody(id, file)), truncated };
}

/** The address at which a file of a run can be read. */
export function fileUri(id: string, path: string): string {
  return filesUri(id) + path.split('/').map(encodeURIComponent).join('/');
}

function fileBody(id: string, { path, encoded, directory, bytes, modifiedAtMs }: RunFile): RunFileBody {
  return {
    path,
    encoded: encoded === true,
    type: directory ? 'folder' : 'file',
    bytes: directory ? null : bytes,
    modified_at: isoTime(modifiedAtMs),
    uri: directory ? null : fileUri(id, path),
  };
}
