// How a Bot's strategies descend from each other over all its searches. In: GET …/lineage. Out: a picture, and the same as a table; older
// searches on demand.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { createColumnHelper } from '@tanstack/react-table';
import { useEffect, useMemo } from 'react';
import { Link } from 'wouter';
import { lineageQuery, roundsQuery } from '../api/queries';
import { Id } from '../parts/copy';
import { DataTable } from '../parts/data-table';
import { Loaded } from '../parts/loaded';
import { Reason } from '../parts/reason';
import type { sorting } from '../parts/sorting';
import { UnknownBecause } from '../parts/states';
import { When } from '../parts/when';
import { CameMark, FamilyTree } from './family';
import { descendantsOf, lineagesOf, madeFrom, type Descendant, type Round, type Search } from './lineage-of';
import { placeOf } from './rounds';

interface Bot {
  namespace: string;
  name: string;
}

/** The pane. */
export function Lineage({ namespace, name }: Bot) {
  const query = useInfiniteQuery(lineageQuery(namespace, name));
  // Searches further down on this page, to which a row can lead.
  const here = useQuery(roundsQuery(namespace, name)).data?.rounds;
  const { data, refetch } = query;
  const [newest, known] = [here?.[0]?.jobId, data?.pages[0]?.rounds[0]?.jobId];
  // Only a search changes it: once there is a newer one than it knows, it is asked for again.
  useEffect(() => {
    if (data && newest && newest !== known) void refetch();
  }, [data, newest, known, refetch]);
  const below = useMemo(() => new Set((here ?? []).map((round) => round.jobId)), [here]);
  return (
    <section aria-labelledby="lineage">
      <h2 id="lineage">Lineage of its strategies</h2>
      <Loaded query={query} what="the lineage">
        {({ pages }) => (
          <div className="stack">
            <Descent rounds={pages.flatMap((page) => page.rounds)} below={below} />
            {query.hasNextPage ? (
              <button type="button" className="button" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {query.isFetchingNextPage ? 'Loading…' : 'Strategies of older searches'}
              </button>
            ) : null}
          </div>
        )}
      </Loaded>
    </section>
  );
}

/** What these searches, the newest first, say of it. */
export function Descent({ rounds, below }: { rounds: Round[]; below: Set<string> }) {
  const all = useMemo(() => descendantsOf(rounds), [rounds]);
  const columns = useMemo(() => columnsOf(all, below), [all, below]);
  if (rounds.length === 0) return <p className="card empty">Nothing descends from its own strategy yet: it has searched for nothing.</p>;
  const silent = rounds.filter((round) => round.strategiesReason !== null);
  return (
    <>
      <Counted rounds={rounds} />
      {all.length > 1 ? <FamilyTree members={[...all].reverse()} label="Strategies of all these searches, by who was made from whom" /> : null}
      <div className="short tall">
        <DataTable label="Strategies and their descent" columns={columns} data={all} idOf={(one) => one.hash} empty="None of these searches added a trial." />
      </div>
      {silent.map((round) => (
        <p key={round.jobId} className="why">
          <Searched search={round} below={below} />: {round.strategiesReason}
        </p>
      ))}
      <p className="why">
        Of each search the Bot’s own strategy, the five best by score, the one that its gates speak of, and all that those were made from.
      </p>
    </>
  );
}

/** Luck is counted over the whole lineage, whichever Bot tried. */
function Counted({ rounds }: { rounds: Round[] }) {
  return (
    <dl className="figures small">
      {lineagesOf(rounds).map((round) => (
        <div key={`${round.root} ${round.family}`}>
          <dt>
            Earlier trials of this lineage: {round.root}, {round.family}
          </dt>
          <dd className="num">{round.earlierTrials.toLocaleString('en')}</dd>
          <dd className="why">
            by whichever Bot, before the newest search (<When at={round.createdAt} />
            ), which added {round.trials.toLocaleString('en')}. All of them count against what is found later.
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A search, by a link to where it stands on this page, else to its rows. */
function Searched({ search: { jobId, jobType, createdAt, traceId }, below }: { search: Search; below: Set<string> }) {
  const text = (
    <>
      {jobType} <When at={createdAt} />
    </>
  );
  return below.has(jobId) ? <a href={`#${placeOf(jobId)}`}>{text}</a> : <Link to={`/audit?traceId=${encodeURIComponent(traceId)}`}>{text}</Link>;
}

const column = createColumnHelper<typeof sorting, Descendant>();

function columnsOf(all: Descendant[], below: Set<string>) {
  const numbers = new Map(all.map((one) => [one.hash, one.number]));
  return column.columns([
    column.accessor('number', { header: 'Number', sortFn: 'basic', cell: ({ row }) => <span className="num">{row.original.number}</span> }),
    column.accessor((one) => one.strategy ?? '', {
      id: 'strategy',
      header: 'Strategy',
      sortFn: 'text',
      cell: ({ row: { original: one } }) => (
        <>
          {one.strategy === null ? <UnknownBecause reason={one.unknown} /> : <code>{one.strategy}</code>}
          <div className="why">
            <Id id={one.hash} label={`hash of strategy ${one.number}`} />
          </div>
        </>
      ),
    }),
    column.accessor((one) => one.search.createdAt, {
      id: 'search',
      header: 'Search',
      sortFn: 'text',
      cell: ({ row: { original: one } }) => (
        <>
          <Searched search={one.search} below={below} />
          {one.others > 0 ? <div className="why">and {one.others} more</div> : null}
        </>
      ),
    }),
    column.accessor((one) => one.madeBy ?? '', {
      id: 'madeBy',
      header: 'How it came to be',
      sortFn: 'text',
      cell: ({ row: { original: one } }) => <Origin of={one} numbers={numbers} />,
    }),
    column.accessor((one) => Number(one.score ?? Number.NEGATIVE_INFINITY), {
      id: 'score',
      header: 'Score',
      sortFn: 'basic',
      cell: ({ row: { original: one } }) => (one.score === null ? <span className="muted">{one.strategy === null ? 'unknown' : 'could not be run'}</span> : <span className="num">{one.score}</span>),
    }),
    column.accessor('came', { header: 'What became of it', sortFn: 'text', cell: ({ row: { original: one } }) => <Became of={one} /> }),
  ]);
}

function Origin({ of: one, numbers }: { of: Descendant; numbers: Map<string, number> }) {
  const from = madeFrom(one, numbers);
  return (
    <>
      {one.madeBy ?? <span className="muted">unknown</span>}
      {from ? <div className="why">from {from}</div> : null}
      {one.from ? <div className="why">tried first by {one.from}</div> : null}
    </>
  );
}

function Became({ of: { came, refusal } }: { of: Descendant }) {
  return (
    <div className="came">
      <CameMark came={came} />
      {came !== 'candidate' && came !== 'own' && refusal ? (
        <>
          <div>
            <Reason code={refusal.reasonCode} />
          </div>
          <div className="why">{refusal.message}</div>
        </>
      ) : null}
    </div>
  );
}
