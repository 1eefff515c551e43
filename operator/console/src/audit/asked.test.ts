import { expect, test } from 'vitest';
import { askedOf, toInput, toInstant } from './asked';

test('what is empty is not asked for, and what nobody knows is left out', () => {
  expect(askedOf(new URLSearchParams('traceId=%20&botId=desk/a&evil=1'))).toEqual({ botId: 'desk/a' });
});

test('a time goes to the API as UTC and comes back as it was typed', () => {
  expect(toInstant('2026-11-22T07:15')).toBe('2026-11-22T07:15:00Z');
  expect(toInput(toInstant('2026-11-22T07:15:30'))).toBe('2026-11-22T07:15:30');
  expect(toInput(undefined)).toBe('');
});
