import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { ApiError, problemOf } from '../api/client';
import { placeOf } from '../observatory/blockers';
import { Failed, commandIn } from './loaded';
import { Reason } from './reason';
import { Answer, State, UnknownBecause } from './states';
import { age } from './when';

afterEach(cleanup);
const nowhere = { kind: 'installation', namespace: null, provider: null, name: null, worker: null, feed: null };

test('an age is told in its largest unit, and never as a negative one', () => {
  expect([age(-5), age(59_999), age(60_000), age(3_600_000), age(86_400_000 * 3)]).toEqual(['0 s', '59 s', '1 min', '1 h', '3 d']);
});

test('the four states of an Integration differ in word and in shape', () => {
  const drawn = ['NotConfigured', 'NotConnected', 'Degraded', 'Connected'].map((state) => {
    const { container } = render(<State of={state} />);
    return { word: container.textContent, shape: container.querySelector('svg')?.innerHTML };
  });
  expect(new Set(drawn.map(({ word }) => word)).size).toBe(4);
  expect(new Set(drawn.map(({ shape }) => shape)).size).toBe(4);
});

test('a word that this version does not know is shown as it is', () => {
  render(<State of="SomethingNew" />);
  expect(screen.getByText('SomethingNew')).toBeTruthy();
});

test('what is unknown says so with its reason and is no "No"', () => {
  render(<Answer is={null} yes="Yes" no="No" reason="no row tells" />);
  expect(screen.getByText('Unknown')).toBeTruthy();
  expect(screen.getByText('no row tells')).toBeTruthy();
  expect(screen.queryByText('No')).toBeNull();
  render(<UnknownBecause reason={null} />);
  expect(screen.getByText('the API gave no reason')).toBeTruthy();
});

test('a reason code reads as it is written, wherever its line breaks, and leads to its entry of the runbook', () => {
  const { container } = render(<Reason code="INTEGRATION_KEY_MISSING" />);
  expect(container.textContent).toBe('INTEGRATION_KEY_MISSING');
  expect(container.querySelector('a')?.getAttribute('href')).toBe('/runbook/INTEGRATION_KEY_MISSING');
});

test('the command in a remedy is found and can be typed as it stands', () => {
  expect(commandIn('Run: kubectl create clusterrolebinding x --clusterrole=y')).toBe('kubectl create clusterrolebinding x --clusterrole=y');
  expect(commandIn('Sign in with the token of `kubectl create token NAME`.')).toBe('kubectl create token NAME');
  expect(commandIn('`kubectl get bots` says what is in the way.')).toBe('kubectl get bots');
  expect(commandIn('Ask: kubectl describe the Job of its pod.')).toBeNull();
  expect(commandIn('Set a valid key in the Secret.')).toBeNull();
});

test('what is forbidden is shown as such, with the right that is missing and its command', () => {
  const body = { title: 'Not allowed', detail: 'you may not list bots', reasonCode: 'NOT_ALLOWED', suggestedFix: 'Run: kubectl create rolebinding x' };
  render(<Failed error={new ApiError(problemOf(body, new Response(null, { status: 403 })))} what="Bots" />);
  expect(screen.getByText('You may not see Bots')).toBeTruthy();
  expect(screen.getByText('you may not list bots')).toBeTruthy();
  expect(screen.getByText('kubectl create rolebinding x')).toBeTruthy();
});

test('an answer that is no problem document still says what it was', () => {
  expect(problemOf('<html>', new Response(null, { status: 502, statusText: 'Bad Gateway' }))).toMatchObject({ status: 502, detail: 'Bad Gateway', reasonCode: null });
});

test('a blocker leads to where it is mended, and to nowhere where that is outside', () => {
  expect(placeOf({ ...nowhere, kind: 'integration', namespace: 'desk', provider: 'fred', name: 'fred' })?.to).toBe('/observatory/connections/desk/fred');
  expect(placeOf({ ...nowhere, kind: 'bot', namespace: 'desk', name: 'a/b' })?.to).toBe('/bots/desk/a%2Fb');
  expect(placeOf(nowhere)).toBeNull();
});
