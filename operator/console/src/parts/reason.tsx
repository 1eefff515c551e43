// A reason code. In: the code. Out: the code, which may go over to the next line behind an underscore and nowhere else, and leads to its
// entry of the runbook. Pure.
import { Fragment } from 'react';
import { Link } from 'wouter';

/** Address of a code's entry. */
const entryOf = (code: string) => `/runbook/${encodeURIComponent(code)}`;

/** The code, with its entry behind it; `about` is what it was given for. */
export function Reason({ code, about }: { code: string; about?: string | undefined }) {
  return (
    <Link to={entryOf(code)} className="reason-link" title={about}>
      <Code code={code} />
    </Link>
  );
}

/** The code alone. */
function Code({ code }: { code: string }) {
  const words = code.split('_');
  return (
    <code className="reason">
      {words.map((word, place) => (
        <Fragment key={place}>
          {word}
          {place < words.length - 1 ? (
            <>
              _<wbr />
            </>
          ) : null}
        </Fragment>
      ))}
    </code>
  );
}
