// Writes the software bill of materials of the package (CycloneDX), as npm makes it from package-lock.json, into dist/.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const words = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only'];
const bom = JSON.parse(execFileSync('npm', words, { encoding: 'utf8', maxBuffer: 2 ** 26 }));
// npm's --omit=dev leaves out what tools for development need as well
const isForDevelopment = ({ properties = [] }) => properties.some(({ name }) => name === 'cdx:npm:package:development');
const libc = {
  'bom-ref': 'glibc',
  type: 'library',
  name: 'glibc',
  description: 'linked statically into dist/launcher, in the version of the machine that packed it',
  licenses: [{ license: { id: 'LGPL-2.1-or-later' } }],
};
const components = [...bom.components.filter((one) => !isForDevelopment(one)), libc];
const root = bom.metadata.component;
const refs = new Set([root, ...components].map((one) => one['bom-ref']));
const dependencies = bom.dependencies.flatMap(({ ref, dependsOn }) =>
  refs.has(ref) ? [{ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }] : [],
);
// npm takes the name of the folder
root.name = JSON.parse(readFileSync('package.json', 'utf8')).name;
writeFileSync('dist/sbom.cdx.json', `${JSON.stringify({ ...bom, components, dependencies }, undefined, 2)}\n`);
