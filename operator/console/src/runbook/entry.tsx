// One reason. In: its entry. Out: a card that can be linked to. Pure.
import { Link } from 'wouter';
import { Mark } from '../parts/mark';
import { Code, entryOf } from '../parts/reason';
import type { ReasonEntry } from './found';

/** The card; its heading is one below what it stands under. */
export function Entry({ reason, as: Heading }: { reason: ReasonEntry; as: 'h2' | 'h3' }) {
  const id = reason.reason_code;
  return (
    <article className="card entry" id={id} aria-labelledby={`entry-${id}`}>
      <div className="job-head">
        <Heading id={`entry-${id}`}>
          <Link to={entryOf(id)} className="reason-link">
            <Code code={id} />
          </Link>
        </Heading>
        {reason.passes_by_itself ? (
          <Mark shape="wait" tone="work">
            Passes by itself
          </Mark>
        ) : null}
      </div>
      <p className="strong">{sentence(reason.title)}</p>
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
