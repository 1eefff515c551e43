// How much a browser loads before the first page is there. In: dist. Out: a line, or an error beyond the limit.
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

const LIMIT_KB = 250;
const dist = new URL('../dist/', import.meta.url);
const html = await readFile(new URL('index.html', dist), 'utf8');
if (/<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|\sstyle=/i.test(html)) {
  console.error('index.html has an inline script or style, which the content security policy refuses');
  process.exit(1);
}
const assets = [...html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css|svg))"/g)].map(([, path]) => path);
// The page that opens first is a part of its own and is counted, too.
const manifest = JSON.parse(await readFile(new URL('.vite/manifest.json', dist), 'utf8'));
const files = new Set(assets);
const add = (key) => {
  const chunk = manifest[key];
  if (!chunk || files.has(`seen:${key}`)) return;
  files.add(`seen:${key}`);
  for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) files.add(file);
  for (const next of chunk.imports ?? []) add(next);
};
add('index.html');
add('src/observatory/page.tsx');
let bytes = 0;
for (const file of files) {
  if (!file.startsWith('seen:')) bytes += gzipSync(await readFile(new URL(file, dist))).length;
}
bytes += gzipSync(html).length;
const kb = bytes / 1000;
console.log(`first load: ${kb.toFixed(1)} kB compressed, of ${LIMIT_KB} kB`);
if (kb > LIMIT_KB) process.exit(1);
