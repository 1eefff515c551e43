// Which reasons are looked for. In: the runbook, words. Out: areas with the reasons that have them all. Pure.
import type { Schemas } from '../api/client';

/** Everything that is known before anything happens. */
export type Runbook = Schemas['RunbookAnswer'];
/** Reasons that belong together. */
export type Area = Runbook['areas'][number];
/** One reason. */
export type ReasonEntry = Area['reasons'][number];

/** Areas with reasons that have every word somewhere; areas without any are left out. */
export function found(areas: Area[], words: string): Area[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (reason: ReasonEntry) => {
    const text = Object.values(reason).join(' ').toLowerCase();
    return wanted.every((word) => text.includes(word));
  };
  return areas.map((area) => ({ ...area, reasons: area.reasons.filter(has) })).filter((area) => area.reasons.length > 0);
}

/** The entry of a code. */
export const reasonOf = (runbook: Runbook, code: string) => runbook.areas.flatMap((area) => area.reasons).find((one) => one.reason_code === code);
