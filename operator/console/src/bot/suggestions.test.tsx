import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { Suggestions } from './suggestions';

afterEach(cleanup);
const asked = { provider: 'openai', model: 'gpt-5-mini', asked: 3, requestId: 'a', reasonCode: null, message: null, accepted: [], hash: null, refused: [] };

function opened(of: Parameters<typeof Suggestions>[0]['of']) {
  const { container } = render(<Suggestions of={of} />);
  const details = container.querySelector('details');
  if (details) {
    details.open = true;
    fireEvent(details, new Event('toggle'));
  }
  return container;
}

test('what a model says is shown as text beside what became of it, and is run by nothing', () => {
  const said = '{"name":"<script>alert(1)</script>"}';
  const container = opened({
    ...asked,
    accepted: [{ name: 'shorter', strategy: { smaCross: { fast: 7, slow: 90 } }, strategyHash: 'sha256:1' }],
    refused: [{ place: 3, field: 'name', reasonCode: 'SUGGESTION_INVALID', message: 'use letters', said }],
  });
  expect(screen.getByText('1 tried, 1 refused')).toBeTruthy();
  expect(screen.getByText(said)).toBeTruthy();
  expect(screen.getByText('bred from, like every other strategy')).toBeTruthy();
  expect(container.querySelector('script')).toBeNull();
});

test('a model that could not be asked is told with the reason', () => {
  const container = opened({ ...asked, reasonCode: 'AI_BUDGET', message: 'the day is used up' });
  expect(container.textContent).toContain('AI_BUDGET');
  expect(screen.getByText('the day is used up')).toBeTruthy();
});
