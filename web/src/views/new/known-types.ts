// What the extensions of files, options and programs usually mean.

/** The types of files that programs write, by extension. */
export const contentTypes: Record<string, string> = {
  ...of('audio/', { mp3: 'mpeg', wav: 'wav', ogg: 'ogg', opus: 'ogg', flac: 'flac', m4a: 'mp4', aac: 'aac' }),
  ...of('video/', { mp4: 'mp4', webm: 'webm', mkv: 'x-matroska', mov: 'quicktime', avi: 'x-msvideo' }),
  ...of('image/', {
    png: 'png',
    jpg: 'jpeg',
    jpeg: 'jpeg',
    gif: 'gif',
    webp: 'webp',
    svg: 'svg+xml',
    tif: 'tiff',
    tiff: 'tiff',
    bmp: 'bmp',
    avif: 'avif',
  }),
  ...of('text/', { txt: 'plain', log: 'plain', csv: 'csv', html: 'html', htm: 'html', md: 'markdown', css: 'css' }),
  ...of('application/', {
    pdf: 'pdf',
    json: 'json',
    xml: 'xml',
    zip: 'zip',
    gz: 'gzip',
    tgz: 'gzip',
    tar: 'x-tar',
    epub: 'epub+zip',
    yaml: 'yaml',
    yml: 'yaml',
    ps: 'postscript',
  }),
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

function of(kind: string, types: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(types).map(([extension, type]) => [extension, kind + type]));
}

/** What a field for a file of this extension is called. */
export function fileTitle(extension: string): string {
  const [kind] = (contentTypes[extension] ?? '').split('/');
  return { audio: 'Audio file', video: 'Video', image: 'Picture', text: 'Text file' }[kind] ?? (extension === 'pdf' ? 'PDF' : 'File');
}

/** What the value after an option is, by the option without its dashes. */
export const optionNames: Record<string, string> = {
  'b:a': 'bitrate',
  'b:v': 'video_bitrate',
  b: 'bitrate',
  crf: 'quality',
  'q:a': 'quality',
  r: 'rate',
  ar: 'sample_rate',
  ac: 'channels',
  ss: 'start',
  t: 'duration',
  to: 'end',
  n: 'count',
  c: 'count',
  j: 'jobs',
  s: 'size',
  e: 'pattern',
  f: 'format',
  resize: 'size',
  thumbnail: 'size',
};

/** Values that one chooses from, by the name of the parameter; only where the value in the line is one of them. */
export const usualChoices: Record<string, string[]> = {
  bitrate: ['96k', '128k', '192k', '256k', '320k'],
  video_bitrate: ['500k', '1M', '2M', '4M', '8M'],
  sample_rate: ['16000', '22050', '44100', '48000'],
};

export const inputOptions = words('-i -in --input --in --infile --input-file --source');
export const outputOptions = words('-o -out --output --out --outfile --output-file --dest --destination --output-document -sOutputFile');

/** Programs whose last file is written, the others being read. */
export const converters = words(
  'ffmpeg convert magick sox cp mv lame cwebp pdftotext pdftoppm pdfunite gm rsvg-convert qpdf ps2pdf wkhtmltopdf jpegtran avconv opusenc flac',
);
/** Programs that only read the files they are given. */
export const readers = words(
  'cat head tail grep egrep fgrep rg wc sort uniq cut paste join diff cmp comm file md5sum sha1sum sha256sum jq yq sed awk gawk mawk tr rev tac nl od xxd strings base64 column fold fmt less more stat identify ffprobe exiftool mediainfo csvtool cksum b2sum expand iconv xmllint unzip',
);
/** Programs that read their standard input where they are given no file. */
export const filters = words(
  'cat head tail grep egrep fgrep rg wc sort uniq cut paste md5sum sha1sum sha256sum jq yq sed awk gawk mawk tr rev tac nl od xxd base64 column fold fmt pandoc bc dc cksum b2sum expand iconv gzip gunzip zcat bzip2 xz tee perl',
);
/** Programs whose first word, besides options, says what to do with the rest; and what it is called where one may want to change it. */
export const scripted: Record<string, string | null> = {
  ...Object.fromEntries(['grep', 'egrep', 'fgrep', 'rg'].map((name) => [name, 'pattern'])),
  jq: 'filter',
  yq: 'filter',
  sed: null,
  awk: null,
  gawk: null,
  mawk: null,
};
export const interpreters = words('python python3 node ruby perl sh bash Rscript php lua deno bun java dash zsh');

function words(text: string): Set<string> {
  return new Set(text.split(' '));
}
