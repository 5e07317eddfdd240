// What somebody who reads the scripts of test/fixtures/imports/scripts would call them and their parameters.

interface ExpectedScript {
  name: string;
  /** `NAME[|OTHER NAME][:TYPE[|TYPE]][!]`: `!` is required, `~` may be either; without a type, any text or number. */
  parameters: string;
  /** Whether the message is read from standard input. */
  stdin?: true;
  /** Instead of a definition: what the reason of the refusal says. */
  refused?: RegExp;
}

export const expectedScripts: Record<string, ExpectedScript> = {
  'backup-home.sh': { name: 'backup-home', parameters: 'level exclude_caches:boolean keep_days source! target!' },
  'resize_images.sh': { name: 'resize_images', parameters: 'width quality dry_run:boolean folder!' },
  'disk-alert': { name: 'disk-alert', parameters: 'threshold' },
  'count-words.sh': { name: 'count-words', parameters: '', stdin: true },
  'deploy.bash': { name: 'deploy', parameters: 'environment! version! force:boolean branch' },
  'cert-expiry.sh': { name: 'cert-expiry', parameters: 'host! port_value' },
  'merge-pdfs.sh': { name: 'merge-pdfs', parameters: 'output title file|files:array!' },
  'rotate-logs.sh': { name: 'rotate-logs', parameters: '' },
  'mysql-dump.sh': { name: 'mysql-dump', parameters: 'host port_value database! no_data:boolean' },
  'csv2json.py': { name: 'csv2json', parameters: 'input:file! delimiter indent:integer no_header:boolean' },
  'thumbnail.py': { name: 'thumbnail', parameters: 'image! size quality:number output! verbose:boolean|integer' },
  'fetch_rates.py': { name: 'fetch_rates', parameters: 'currencies:array! base date timeout:integer json:boolean' },
  'ldap-report.py': {
    name: 'ldap-report',
    parameters: 'uri! bind_dn password days:integer never:boolean ou:array no_mail:boolean',
  },
  'git_stats.py': { name: 'git_stats', parameters: '', refused: /subcommand|subparser/ },
  'sum_column.py': { name: 'sum_column', parameters: 'column! separator', stdin: true },
  'greet.py': { name: 'greet', parameters: 'count:integer name! shout:boolean' },
  's3sync.py': {
    name: 's3sync',
    parameters: 'source! bucket! prefix storage_class delete:boolean exclude:array workers:integer',
  },
  'transcode.py': { name: 'transcode', parameters: 'video! output crf:integer preset verbose:boolean log' },
  'slugify.mjs': { name: 'slugify', parameters: 'separator lower:boolean max_length title!' },
  'json-pick.js': { name: 'json-pick', parameters: 'field:array~ pretty:boolean', stdin: true },
  'check-links.js': { name: 'check-links', parameters: 'timeout external:boolean url!' },
  'release-notes.js': {
    name: 'release-notes',
    parameters: 'from! to format no_authors:boolean repo! debug:boolean',
  },
  'seed-db.mjs': { name: 'seed-db', parameters: 'rows tables:array engine truncate:boolean url!' },
  'uuid.js': { name: 'uuid', parameters: 'count' },
  'hash-file.mjs': { name: 'hash-file', parameters: 'file:any|file! algorithm' },
  'log-summary.pl': {
    name: 'log-summary',
    parameters: 'top:integer status skip:array verbose:boolean logfile:any|file!',
  },
  'rename-files': {
    name: 'rename-files',
    parameters: 'dry_run:boolean force:boolean expression! file|files:array!',
  },
  'ping-sweep.pl': { name: 'ping-sweep', parameters: 'network~ timeout:number jobs:integer quiet:boolean' },
  'dedupe.pl': { name: 'dedupe', parameters: 'i:boolean f|field', stdin: true },
  'mailmerge.pl': { name: 'mailmerge', parameters: 'd:boolean s|separator template:any|file! table:any|file!' },
};

/** Written after the readers of scripts were finished, as a check that they do not only fit the others. */
export const expectedLateScripts: Record<string, ExpectedScript> = {
  'tail-errors.sh': { name: 'tail-errors', parameters: 'pattern context unique:boolean logfile:any|file!' },
  'histogram.py': {
    name: 'histogram',
    parameters: 'bins:integer|string width:integer char range:array log:boolean sqrt:boolean',
    stdin: true,
  },
  'md-toc.js': { name: 'md-toc', parameters: 'depth bullets:boolean output verbose:boolean input:any|file!' },
  'pwgen.pl': { name: 'pwgen', parameters: 'length:integer count:integer symbols|no_symbols:boolean seed:integer' },
  'service-ctl': { name: 'service-ctl', parameters: 'action! queue! workers' },
};
