// An address where nothing is. In: the address. Out: a page that says so.
import { Link, useLocation } from 'wouter';
import { PageHead } from '../parts/page';

/** The page. */
export function Nothing() {
  const [place] = useLocation();
  return (
    <>
      <PageHead title="Nothing is here" about="The address may be mistyped, or what it showed was deleted." />
      <p>
        <code>{place}</code>
      </p>
      <p>
        <Link to="/observatory" className="button">
          To the Observatory
        </Link>
      </p>
    </>
  );
}
