import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { ApiError, problemOf } from '../api/client';
import { Loaded } from './loaded';

afterEach(cleanup);

const away = new ApiError(problemOf({ detail: 'the database does not answer', reasonCode: 'EVIDENCE_UNAVAILABLE' }, new Response(null, { status: 503 })));

/** Answers that are given one by one. */
function asked() {
  const waiting: { resolve: (value: string) => void; reject: (error: Error) => void }[] = [];
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const ask = () => new Promise<string>((resolve, reject) => waiting.push({ resolve, reject }));
  const Page = () => (
    <Loaded query={useQuery({ queryKey: ['rows'], queryFn: ask })} what="rows">
      {(data) => <p>{data}</p>}
    </Loaded>
  );
  render(
    <QueryClientProvider client={client}>
      <Page />
    </QueryClientProvider>,
  );
  return { client, next: () => waiting.shift() };
}

test('what failed stands there while it is asked again, until there is an answer', async () => {
  const { client, next } = asked();
  expect(screen.getByText('Loading rows…')).toBeTruthy();
  next()?.reject(away);
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('Nobody can read rows now');
  act(() => void client.refetchQueries());
  expect((await screen.findByText('Trying…')).closest('[role=alert]')).toBe(alert);
  expect(screen.queryByText('Loading rows…')).toBeNull();
  next()?.resolve('forty rows');
  expect(await screen.findByText('forty rows')).toBeTruthy();
  expect(screen.queryByRole('alert')).toBeNull();
});

test('data that is there stays when it cannot be read again, and is called stale', async () => {
  const { client, next } = asked();
  next()?.resolve('forty rows');
  await screen.findByText('forty rows');
  act(() => void client.refetchQueries());
  next()?.reject(away);
  expect((await screen.findByText('Stale')).closest('[role=status]')?.textContent).toContain('the database does not answer');
  expect(screen.getByText('forty rows')).toBeTruthy();
});
