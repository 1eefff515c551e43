// One row at an address of its own. In: its id. Out: every field.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { rowQuery } from '../api/queries';
import { Loaded } from '../parts/loaded';
import { PageHead } from '../parts/page';
import { RowFields } from '../parts/row-drawer';

/** The page. */
export default function Page({ id }: { id: string }) {
  return (
    <>
      <nav aria-label="Where this is" className="trail">
        <Link to="/audit">Audit</Link> / {id}
      </nav>
      <PageHead title="Row of the log" />
      <Loaded query={useQuery(rowQuery(id))} what="the row">
        {({ row }) => (
          <div className="stack">
            <RowFields row={row} />
            <p>
              <Link to={`/audit?traceId=${encodeURIComponent(row.trace_id)}`}>All rows of its trace</Link>
            </p>
          </div>
        )}
      </Loaded>
    </>
  );
}
