// Rows of the log, the newest first. In: GET /api/_proof/databento, page by page. Out: a table down to the row, and the same as a file.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client';
import { Loaded } from '../parts/loaded';
import { PageHead } from '../parts/page';
import { RowsTable, type Row } from '../parts/rows-table';
import { csv } from './csv';

const PAGE = 50;

/** The page. */
export default function Page() {
  const [bot, setBot] = useState('');
  const query = useInfiniteQuery({
    queryKey: ['rows', bot],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/api/_proof/databento', {
          params: { query: { limit: PAGE, ...(bot ? { bot } : {}), ...(pageParam ? { before: pageParam } : {}) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_before,
  });
  return (
    <>
      <PageHead title="Audit" about="Every call, as it was written down before and after it was made. Nothing can be changed here, by anyone." />
      <form
        className="filters"
        role="search"
        aria-label="Rows"
        onSubmit={(event) => {
          event.preventDefault();
          const asked = new FormData(event.currentTarget).get('bot');
          setBot(typeof asked === 'string' ? asked.trim() : '');
        }}
      >
        <label>
          <span>Bot</span>
          <input name="bot" placeholder="namespace/name or UID; empty is all" />
        </label>
        <button type="submit" className="button">
          Show
        </button>
      </form>
      <Loaded query={query} what="rows of the log">
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.requests);
          return (
            <div className="stack">
              <RowsTable rows={rows} label="Rows of the log" />
              <div className="actions">
                {query.hasNextPage ? (
                  <button type="button" className="button" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                    {query.isFetchingNextPage ? 'Loading…' : 'Older rows'}
                  </button>
                ) : (
                  <p className="why">These are all.</p>
                )}
                <Download rows={rows} />
              </div>
            </div>
          );
        }}
      </Loaded>
    </>
  );
}

function Download({ rows }: { rows: Row[] }) {
  if (rows.length === 0) return null;
  const save = () => {
    const url = URL.createObjectURL(new Blob([csv(rows)], { type: 'text/csv' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = 'assayer-rows.csv';
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <button type="button" className="button" onClick={save}>
      Download these {rows.length} as CSV
    </button>
  );
}
