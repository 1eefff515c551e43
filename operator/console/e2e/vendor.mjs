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

const order = (fault) => control('POST', 'faults', { match: { path: '', key: fingerprint() }, fault });

/** The vendor answers nobody who has this key as it should. */
export const fail = () => order('server_error');

/** The vendor accepts the key no more. */
export const refuseTheKey = () => order('unauthorized');

/** All is as before. */
export const mend = () => control('DELETE', `faults?key=${fingerprint()}`);
