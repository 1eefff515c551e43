// The database, from outside of the product. In: DATABASE_URL of its server, and its name. Out: nobody reaches it, or everybody again.
import { execFileSync } from 'node:child_process';
import { given } from './browser.mjs';

function tell(...statements) {
  const each = statements.flatMap((statement) => ['-c', statement]);
  execFileSync('psql', [given('DATABASE_URL'), '-q', '-v', 'ON_ERROR_STOP=1', ...each], { stdio: ['ignore', 'ignore', 'inherit'] });
}

const name = () => given('DATABASE');

/** Whoever is connected is cut off, and nobody comes in. */
export const takeAway = () =>
  tell(`alter database ${name()} allow_connections false`, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name()}'`);

/** It is there again. */
export const giveBack = () => tell(`alter database ${name()} allow_connections true`);
