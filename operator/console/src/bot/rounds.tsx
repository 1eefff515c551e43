// What a Bot has searched for. In: GET …/trials. Out: each round with its gates and, opened, the trials with why each is no challenger.
import { useQuery } from '@tanstack/react-query';
import { createColumnHelper } from '@tanstack/react-table';
import type { Schemas } from '../api/client';
import { roundsQuery } from '../api/queries';
import { Id } from '../parts/copy';
import { DataTable } from '../parts/data-table';
import { Loaded } from '../parts/loaded';
import { Mark } from '../parts/mark';
import { Opened } from '../parts/opened';
import { Reason } from '../parts/reason';
import type { sorting } from '../parts/sorting';
import { State, UnknownBecause } from '../parts/states';
import { When } from '../parts/when';
import { FamilyTree } from './family';
import { membersOf } from './family-of';
import { WalkForward } from './folds';
import { Suggestions } from './suggestions';
import { bestOf, gatesOf, trialOf, type Gate, type Trial } from './found';

type Round = Schemas['RoundRow'];
interface Bot {
  namespace: string;
  name: string;
}

/** Where a round stands on its Bot's page. */
export const placeOf = (jobId: string) => `search-${jobId}`;

/** The rounds, the newest first. */
export function Rounds({ namespace, name }: Bot) {
  return (
    <section aria-labelledby="searches">
      <h2 id="searches">Searches for something better</h2>
      <Loaded query={useQuery(roundsQuery(namespace, name))} what="searches">
        {({ rounds }) =>
          rounds.length === 0 ? (
            <p className="card empty">It has searched for nothing yet. How often it does is the policy’s: cadence.improve and cadence.evolve.</p>
          ) : (
            <ul className="jobs">
              {rounds.map((round) => (
                <li key={round.jobId} id={placeOf(round.jobId)} tabIndex={-1} className="card">
                  <One round={round} bot={{ namespace, name }} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

function One({ round, bot }: { round: Round; bot: Bot }) {
  const gates = gatesOf(round.report);
  const open = gates.filter((gate) => gate.verdict === 'PROVEN').length;
  return (
    <>
      <div className="job-head">
        <Came round={round} />
        <strong>{round.jobType}</strong>
        <span className="muted">
          <When at={round.createdAt} /> · {round.trials.toLocaleString('en')} trials · {round.root} {round.family}
        </span>
        <Id id={round.traceId} label="trace of the search" />
      </div>
      <Opened
        title={
          <>
            Gates <span className="count">{gates.length === 0 ? 'none' : `${open} of ${gates.length} open`}</span>
          </>
        }
      >
        <DataTable label={`Gates of ${round.jobType}`} columns={gateColumns} data={gates} idOf={(gate) => gate.gate} empty="No strategy came as far as the gates." />
      </Opened>
      <WalkForward report={round.report} name={round.jobType} />
      {round.suggestions ? <Suggestions of={round.suggestions} /> : null}
      <Opened title="Trials, and who was made from whom">
        <Trials round={round} bot={bot} />
      </Opened>
    </>
  );
}

function Came({ round }: { round: Round }) {
  if (round.challenger) {
    return (
      <Mark shape="check" tone="ok">
        A challenger
      </Mark>
    );
  }
  return (
    <Mark shape={round.improved ? 'triangle' : 'dash'} tone={round.improved ? 'warn' : 'none'}>
      {round.improved ? 'Better, and not proven' : 'Nothing better'}
    </Mark>
  );
}

function Trials({ round, bot }: { round: Round; bot: Bot }) {
  return (
    <Loaded query={useQuery(roundsQuery(bot.namespace, bot.name, round.jobId))} what="trials">
      {({ trials, trialsReason, trialsTotal }) =>
        trials ? (
          <>
            {trials.length > 1 ? <Family round={round} trials={trials.map(trialOf)} /> : null}
            <DataTable label="Trials" columns={trialColumns} data={numbered(trials.map(trialOf))} idOf={(trial) => trial.id} empty="Every strategy had been tried before." />
            {trialsTotal !== null && trialsTotal > trials.length ? <p className="why">The best {trials.length} of {trialsTotal} are shown.</p> : null}
          </>
        ) : (
          <UnknownBecause reason={trialsReason} />
        )
      }
    </Loaded>
  );
}

function Family({ round, trials }: { round: Round; trials: Trial[] }) {
  const outcome = { best: bestOf(round.report), challenger: round.challenger, own: round.strategyHash };
  return <FamilyTree members={membersOf(trials, outcome)} label="Strategies of this search, by who was made from whom" />;
}

const gate = createColumnHelper<typeof sorting, Gate>();
const gateColumns = gate.columns([
  gate.accessor('gate', { header: 'Gate', sortFn: 'text', cell: ({ row }) => <span className="whole">{row.original.gate}</span> }),
  gate.accessor('verdict', { header: 'Verdict', sortFn: 'text', cell: ({ row }) => <State of={row.original.verdict} /> }),
  gate.accessor((one) => one.measured ?? '', {
    id: 'measured',
    header: 'Measured',
    sortFn: 'text',
    cell: ({ row: { original: one } }) => one.measured ?? <UnknownBecause reason={one.unknown} />,
  }),
  gate.accessor('required', { header: 'Required', sortFn: 'text' }),
  gate.display({
    id: 'reason',
    header: 'Reason',
    enableSorting: false,
    cell: ({ row: { original: one } }) => (one.reasonCode ? <Reason code={one.reasonCode} /> : <span className="muted">none: it is open</span>),
  }),
]);

/** A trial with its number in the picture, and the numbers of those that it was made from. */
interface Numbered extends Trial {
  number: number;
  madeFrom: string;
}

function numbered(trials: Trial[]): Numbered[] {
  const numbers = new Map(trials.map((one, place) => [one.hash, place + 1]));
  const nameOf = (hash: string) => (numbers.has(hash) ? `${numbers.get(hash)}` : 'an earlier search');
  return trials.map((one, place) => ({ ...one, number: place + 1, madeFrom: [...new Set(one.parents.map(nameOf))].join(', ') || 'nothing: it was there' }));
}

const trial = createColumnHelper<typeof sorting, Numbered>();
const trialColumns = trial.columns([
  trial.accessor('number', { header: 'Number', sortFn: 'basic', cell: ({ row }) => <span className="num">{row.original.number}</span> }),
  trial.accessor('strategy', { header: 'Strategy', sortFn: 'text', cell: ({ row }) => <code>{row.original.strategy}</code> }),
  trial.accessor('madeBy', { header: 'Made by', sortFn: 'text' }),
  trial.accessor('madeFrom', { header: 'Made from', sortFn: 'text' }),
  trial.accessor((one) => Number(one.sharpe ?? Number.NEGATIVE_INFINITY), {
    id: 'sharpe',
    header: 'Sharpe ratio, out of sample',
    sortFn: 'basic',
    cell: ({ row: { original: one } }) => figure(one.sharpe),
  }),
  trial.accessor((one) => one.trades ?? -1, { id: 'trades', header: 'Trades', sortFn: 'basic', cell: ({ row: { original: one } }) => figure(one.trades) }),
  trial.accessor((one) => Number(one.net ?? Number.NEGATIVE_INFINITY), { id: 'net', header: 'Net', sortFn: 'basic', cell: ({ row: { original: one } }) => figure(one.net) }),
  trial.display({
    id: 'refusal',
    header: 'Why it is no challenger',
    enableSorting: false,
    cell: ({ row: { original: one } }) =>
      one.refusal ? (
        <>
          <Reason code={one.refusal.reasonCode} />
          <div className="why">{one.refusal.message}</div>
        </>
      ) : (
        <span className="muted">nothing speaks against it</span>
      ),
  }),
]);

function figure(value: string | number | null) {
  return value === null ? <span className="muted">could not be run</span> : <span className="num">{typeof value === 'number' ? value.toLocaleString('en') : value}</span>;
}
