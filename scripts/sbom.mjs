// Writes the software bill of materials of the package (CycloneDX), as npm makes it from package-lock.json, into dist/.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const words = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--omit=dev', '--package-lock-only'];
const { NODE_ENV: _omitted, ...env } = process.env;
const bom = JSON.parse(execFileSync('npm', words, { env, encoding: 'utf8', maxBuffer: 2 ** 26 }));
// npm takes the name of the folder
bom.metadata.component.name = JSON.parse(readFileSync('package.json', 'utf8')).name;
bom.components.push({
  'bom-ref': 'glibc',
  type: 'library',
  name: 'glibc',
  description: 'linked statically into dist/launcher, in the version of the machine that packed it',
  licenses: [{ license: { id: 'LGPL-2.1-or-later' } }],
});
writeFileSync('dist/sbom.cdx.json', `${JSON.stringify(bom, undefined, 2)}\n`);
