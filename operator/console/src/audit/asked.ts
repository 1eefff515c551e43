// What of the log is asked for. In: the address. Out: the API's parameters. Pure. Times are in UTC, as everywhere in the log.
import type { RowsAsked } from '../api/queries';

/** The fields of the form. */
export const FIELDS: readonly { name: keyof RowsAsked; label: string; hint: string }[] = [
  { name: 'traceId', label: 'Trace', hint: 'of a cycle' },
  { name: 'botId', label: 'Bot', hint: 'namespace/name or UID' },
  { name: 'provider', label: 'Provider', hint: 'databento' },
  { name: 'from', label: 'From (UTC)', hint: '' },
  { name: 'to', label: 'To (UTC)', hint: '' },
];

/** What the address asks for; what is empty is not asked for. */
export function askedOf(params: URLSearchParams): RowsAsked {
  const asked: RowsAsked = {};
  for (const { name } of FIELDS) {
    const value = params.get(name)?.trim();
    if (value) asked[name] = value;
  }
  return asked;
}

/** A time of the form as an instant. */
export const toInstant = (input: string) => `${input.length === 16 ? `${input}:00` : input}Z`;

/** An instant as a time of the form. */
export const toInput = (instant: string | undefined) => instant?.replace(/(\.\d+)?Z$/, '') ?? '';
