// The vendor, from outside of the product. In: what it shall do. Out: the stand-in does it.
import { createHash } from 'node:crypto';
import { given } from './browser.mjs';

/** How the stand-in shows a key. */
const fingerprint = () => `sha256:${createHash('sha256').update(given('KEY')).digest('hex').slice(0, 8)}`;

async function control(method, path, body) {
  const answer = await fetch(`${given('STAND_IN')}/__stand-in/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`the stand-in's ${path}: ${answer.status} ${await answer.text()}`);
}

/** The vendor accepts the key no more. */
export const refuseTheKey = () => control('POST', 'faults', { match: { path: '', key: fingerprint() }, fault: 'unauthorized' });

/** It accepts it again. */
export const acceptTheKey = () => control('DELETE', `faults?key=${fingerprint()}`);
