// A reason code. In: the code. Out: the code, which may go over to the next line behind an underscore and nowhere else. Pure.
import { Fragment } from 'react';

/** The code. */
export function Reason({ code }: { code: string }) {
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
