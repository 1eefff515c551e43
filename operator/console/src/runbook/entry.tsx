// One reason. In: its entry. Out: a card. Pure.
import { Mark } from '../parts/mark';
import type { ReasonEntry } from './found';

/** The card. */
export function Entry({ reason }: { reason: ReasonEntry }) {
  const id = reason.reason_code;
  return (
    <article className="card entry" aria-labelledby={`entry-${id}`}>
      <div className="job-head">
        <h2 id={`entry-${id}`}>{sentence(reason.title)}</h2>
        {reason.passes_by_itself ? (
          <Mark shape="wait" tone="work">
            Passes by itself
          </Mark>
        ) : null}
      </div>
      <dl className="row-fields">
        <Line name="What to do" text={reason.suggested_fix} />
        <Line name="Who acts" text={reason.who_acts} />
        <Line name="Passes by itself" text={reason.passes} />
        <Line name="Opens or closes" text={reason.closes} />
      </dl>
    </article>
  );
}

function Line({ name, text }: { name: string; text: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </div>
  );
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
