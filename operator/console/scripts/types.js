// The client's types. In: ../openapi.json. Out: src/api/schema.d.ts; with --check an error where that is not what the document says.
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const here = (path) => new URL(path, import.meta.url);
const target = here('../src/api/schema.d.ts');
const text = `// Generated from operator/openapi.json by \`npm run types\`.\n${astToString(await openapiTS(here('../../openapi.json')))}`;
if (!process.argv.includes('--check')) {
  await writeFile(target, text);
} else if ((await readFile(target, 'utf8').catch(() => '')) !== text) {
  console.error('src/api/schema.d.ts is not what operator/openapi.json says; write it with: npm run types');
  process.exit(1);
}
