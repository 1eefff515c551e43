// What a fact rests on. In: rows and objects. Out: a list that can be opened. Pure.
import type { Schemas } from '../api/client';
import { When } from '../parts/when';

/** Evidence, folded. */
export function EvidenceList({ evidence }: { evidence: Schemas['Evidence'][] }) {
  if (evidence.length === 0) return <p className="why">It rests on no row.</p>;
  return (
    <details className="evidence">
      <summary>
        Evidence <span className="count">{evidence.length}</span>
      </summary>
      <ul>
        {evidence.map(({ kind, id, at }) => (
          <li key={`${kind} ${id}`}>
            <span className="muted">{kind}</span> <code>{id}</code>
            {at ? (
              <>
                {' '}
                <When at={at} />
              </>
            ) : null}
          </li>
        ))}
      </ul>
    </details>
  );
}
