// Writes the licences of all code that the bundles contain, and of the C library that is linked into the launcher; and those of the client alone.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const noticesFile = 'dist/THIRD-PARTY-NOTICES.txt';

const line = '='.repeat(80);

/** `metafiles`: what esbuild says of its inputs. Throws an Error that names a package without a licence. */
export function writeNotices(metafiles) {
  writeFileSync(noticesFile, `${introduction}\n${sectionsOf([...describedPackages(metafiles), libc()])}`);
}

const introduction = `The files in dist/bundle, dist/worker, dist/adapters, dist/web and clients/cli/dist contain code of the packages below, and the
programs in dist/launcher contain code of the GNU C library. Made by scripts/notices.mjs. What npm installs next to this
package brings its own licences.
`;

/** For the package of the client: its licences in `folder`, and its software bill of materials (CycloneDX). */
export function writeClientNotices(metafile, folder) {
  const first = 'client.cjs contains code of the packages below. Made by scripts/notices.mjs.\n';
  writeFileSync(`${folder}/THIRD-PARTY-NOTICES.txt`, `${first}\n${sectionsOf(describedPackages([metafile]))}`);
  const components = packageFolders([metafile]).map(componentOf);
  const bom = { bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, components };
  writeFileSync(`${folder}/sbom.cdx.json`, `${JSON.stringify(bom, undefined, 2)}\n`);
}

function componentOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return { type: 'library', name, version, purl: `pkg:npm/${name}@${version}`, licenses: [{ license: { id: license } }] };
}

function packageFolders(metafiles) {
  return [...new Set(metafiles.flatMap(({ inputs }) => Object.keys(inputs).flatMap((path) => packageFolder(path) ?? [])))];
}

function describedPackages(metafiles) {
  return packageFolders(metafiles)
    .map(describe)
    .sort((one, other) => (one.title < other.title ? -1 : 1));
}

function sectionsOf(described) {
  return described.map(({ title, text }) => `${line}\n${title}\n${line}\n\n${text.trim()}\n`).join('\n');
}

/** The folder of the package to which a source belongs; undefined for our own. */
function packageFolder(path) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}

function describe(folder) {
  const { name, version, license, author, repository } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const holder = author?.name ?? author ?? `the authors of ${name}`;
  const source = repository?.url ?? repository ?? '';
  const title = [`${name} ${version} (${license ?? 'licence as below'})`, source].filter(Boolean).join('\n');
  return { title, text: licenceText(folder, { license, holder }) };
}

/** The licence as its files say, or else its Readme; a mere "MIT" gets the text of that licence. */
function licenceText(folder, { license, holder }) {
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  if (files.length > 0) return files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  const readme = readdirSync(folder).find((file) => /^readme/i.test(file));
  const section = /^#+ *licen[cs]e[\s\S]*/im.exec(readme ? readFileSync(join(folder, readme), 'utf8') : '')?.[0];
  if (section?.includes('Permission is hereby granted')) return section;
  if (license !== 'MIT') throw new Error(`${folder} has no text of its licence (${license})`);
  return `Copyright (c) ${holder}\n\n${permission}`;
}

/** The text of the MIT licence, which is also ours. */
const permission = /Permission is hereby granted[\s\S]*/.exec(readFileSync('LICENSE', 'utf8'))[0];

function libc() {
  return {
    title: 'GNU C library (LGPL-2.1-or-later)\nhttps://www.gnu.org/software/libc/',
    text: `The programs in dist/launcher are linked statically with the GNU C library. Their whole source is in native/, and
scripts/build-launcher.sh links it anew, with a changed C library as well.

${readFileSync('scripts/licenses/LGPL-2.1.txt', 'utf8')}`,
  };
}
