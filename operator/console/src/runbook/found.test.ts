import { expect, test } from 'vitest';
import { found, reasonOf, type ReasonEntry } from './found';

const entry = (reason_code: string, title: string): ReasonEntry => ({
  reason_code,
  title,
  who_acts: 'Nobody has to.',
  suggested_fix: 'Nothing to do.',
  passes_by_itself: true,
  passes: 'Yes.',
  closes: 'Closes nothing.',
});
const areas = [
  { title: 'Keys', reasons: [entry('PROVIDER_AUTH', 'the vendor does not accept the credential'), entry('SECRET_FORBIDDEN', 'the gateway may not read the Secret')] },
  { title: 'Jobs', reasons: [entry('JOB_TIMEOUT', 'the job ran past its time')] },
];

test('a reason is found by any of its words in any order, and areas without one are left out', () => {
  expect(found(areas, 'CREDENTIAL vendor').map((area) => area.reasons.map((one) => one.reason_code))).toEqual([['PROVIDER_AUTH']]);
  expect(found(areas, '').length).toBe(2);
  expect(found(areas, 'nowhere')).toEqual([]);
});

test('a code of another version has no entry', () => {
  expect(reasonOf({ areas, providers: [] }, 'JOB_TIMEOUT')?.title).toBe('the job ran past its time');
  expect(reasonOf({ areas, providers: [] }, 'SOMETHING_NEW')).toBeUndefined();
});
