// Rows of the log, the newest first. In: GET /api/requests, and what is asked for in the address. Out: a table down to the row, and the
// same as a file.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import { rowsQuery, type RowsAsked } from '../api/queries';
import { Loaded } from '../parts/loaded';
import { PageHead } from '../parts/page';
import { RowsTable } from '../parts/rows-table';
import { exact } from '../parts/when';
import { FIELDS, askedOf, toInput, toInstant } from './asked';

/** The page. */
export default function Page() {
  const [params, setParams] = useSearchParams();
  const asked = askedOf(params);
  return (
    <>
      <PageHead title="Audit" about="Every call, as it was written down before and after it was made. Nothing can be changed here, by anyone." />
      <form
        key={params.toString()}
        className="filters"
        role="search"
        aria-label="Rows"
        onSubmit={(event) => {
          event.preventDefault();
          const next = new URLSearchParams();
          for (const [name, value] of new FormData(event.currentTarget)) {
            if (typeof value === 'string' && value.trim()) next.set(name, name === 'from' || name === 'to' ? toInstant(value) : value.trim());
          }
          setParams(next);
        }}
      >
        {FIELDS.map(({ name, label, hint }) => {
          const time = name === 'from' || name === 'to';
          return (
            <label key={name}>
              <span>{label}</span>
              <input name={name} type={time ? 'datetime-local' : 'text'} placeholder={hint} defaultValue={time ? toInput(asked[name]) : asked[name]} />
            </label>
          );
        })}
        <button type="submit" className="button primary">
          Show
        </button>
      </form>
      <Rows asked={asked} />
    </>
  );
}

function Rows({ asked }: { asked: RowsAsked }) {
  const query = useInfiniteQuery(rowsQuery(asked));
  const file = `/api/requests?${new URLSearchParams({ ...asked, format: 'csv' }).toString()}`;
  return (
    <Loaded query={query} what="rows of the log">
      {({ pages }) => {
        const [first] = pages;
        return (
          <div className="stack">
            {first ? (
              <p className="why">
                Looked for from {exact(first.from)} to {exact(first.to)}
                {first.everyNamespace ? ', in every namespace.' : ', in namespaces whose Bots you may read.'}
              </p>
            ) : null}
            <RowsTable rows={pages.flatMap((page) => page.rows)} label="Rows of the log" ofBots />
            <div className="actions">
              {query.hasNextPage ? (
                <button type="button" className="button" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {query.isFetchingNextPage ? 'Loading…' : 'Older rows'}
                </button>
              ) : (
                <p className="why">These are all.</p>
              )}
              <a className="button" href={file} download="assayer-requests.csv">
                Download as CSV
              </a>
            </div>
          </div>
        );
      }}
    </Loaded>
  );
}
