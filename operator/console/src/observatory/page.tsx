// Control Plane Observatory: two tabs, each with an address of its own. In: which tab, and which drawer. Out: the page.
import { Link } from 'wouter';
import { PageHead } from '../parts/page';
import { Connections } from './connections';
import { Overview } from './overview';

interface Props {
  tab: 'overview' | 'connections';
  opened?: { namespace: string; provider: string };
}

/** The page. */
export default function Observatory({ tab, opened }: Props) {
  return (
    <>
      <PageHead title="Control Plane Observatory" about="Whether Bots may work by themselves, what is in the way, and what every vendor has proven." />
      <nav className="tabs" aria-label="Observatory">
        <Link to="/observatory" aria-current={tab === 'overview' ? 'page' : undefined}>
          Overview
        </Link>
        <Link to="/observatory/connections" aria-current={tab === 'connections' ? 'page' : undefined}>
          Connections
        </Link>
      </nav>
      {tab === 'overview' ? <Overview /> : <Connections opened={opened ?? null} />}
    </>
  );
}
