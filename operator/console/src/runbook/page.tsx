// What to do about every reason, and which keys each vendor needs. In: GET /api/runbook, the code in the address. Out: codes by area,
// found by any word of their entries; of the one that was asked for, its entry.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { runbookQuery } from '../api/queries';
import { Loaded } from '../parts/loaded';
import { PageHead } from '../parts/page';
import { Reason } from '../parts/reason';
import { Entry } from './entry';
import { found, reasonOf, type Area, type ReasonEntry, type Runbook } from './found';
import { Order } from './order';
import { Providers } from './providers';

/** The page. */
export default function Page({ code }: { code?: string }) {
  const query = useQuery(runbookQuery);
  return (
    <>
      <PageHead title={code ? `${code} · Runbook` : 'Runbook'} about="What each reason means, who acts, what they do, whether it passes by itself, and what it opens or closes." />
      <Loaded query={query} what="the runbook">
        {(runbook) => (code ? <One runbook={runbook} code={code} /> : <All runbook={runbook} />)}
      </Loaded>
    </>
  );
}

function One({ runbook, code }: { runbook: Runbook; code: string }) {
  const reason = reasonOf(runbook, code);
  const area = runbook.areas.find((one) => one.reasons.some((other) => other.reason_code === code));
  return (
    <div className="stack">
      {reason ? <Entry reason={reason} /> : <p className="card empty">This version knows no reason {code}. It may be of another version of Assayer.</p>}
      {area ? (
        <section aria-labelledby="beside">
          <h2 id="beside">Beside it: {area.title}</h2>
          <List reasons={area.reasons.filter((one) => one.reason_code !== code)} />
        </section>
      ) : null}
      <p>
        <Link to="/runbook">The whole runbook</Link>
      </p>
    </div>
  );
}

function All({ runbook }: { runbook: Runbook }) {
  const [words, setWords] = useState('');
  const areas = found(runbook.areas, words);
  const count = areas.reduce((sum, area) => sum + area.reasons.length, 0);
  return (
    <div className="stack">
      <Order />
      <form
        className="filters"
        role="search"
        aria-label="Reasons"
        onSubmit={(event) => {
          event.preventDefault();
        }}
      >
        <label>
          <span>Search the reasons</span>
          <input
            type="search"
            value={words}
            placeholder="Code or any word of it"
            onChange={(event) => {
              setWords(event.target.value);
            }}
          />
        </label>
        <p className="filters-count" role="status">
          {count} reasons
        </p>
      </form>
      {count === 0 ? <p className="card empty">No reason speaks of that.</p> : areas.map((area) => <OneArea key={area.title} area={area} />)}
      <Providers providers={runbook.providers} />
    </div>
  );
}

function OneArea({ area }: { area: Area }) {
  return (
    <section aria-label={area.title}>
      <h2>{area.title}</h2>
      <List reasons={area.reasons} />
    </section>
  );
}

function List({ reasons }: { reasons: ReasonEntry[] }) {
  return (
    <ul className="reason-list">
      {reasons.map((one) => (
        <li key={one.reason_code} id={one.reason_code}>
          <Reason code={one.reason_code} /> <span className="why">{one.title}</span>
        </li>
      ))}
    </ul>
  );
}
