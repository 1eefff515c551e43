// In which order to look. In: nothing. Out: five steps, each with the page that shows it. Pure.
import type { ReactNode } from 'react';
import { Link } from 'wouter';

const CONNECTIONS = '/observatory/connections';

/** The steps. */
export function Order() {
  return (
    <section className="card" aria-labelledby="order">
      <h2 id="order">The order to verify</h2>
      <p className="why">Configured, connected and used are shown by different rows, and none follows from another. Stop where a step fails: its reason has an entry below.</p>
      <ol className="order">
        <Step title="Is the key there?" where={<Link to={CONNECTIONS}>Connections</Link>}>
          The vendor’s drawer names the keys that are missing, and where each is found.
        </Step>
        <Step title="Does the vendor accept it?" where={<Link to={CONNECTIONS}>Connections</Link>}>
          Verify makes a handshake: a row with a trace, and never use.
        </Step>
        <Step title="May the Bot start?" where={<Link to="/observatory">Overview</Link>}>
          No blocker of the Bot is left. What is degraded starts.
        </Step>
        <Step title="Did it use it?" where={<Link to="/bots">Bots</Link>}>
          The Bot’s last job has rows of the vendor’s, each with the job’s trace. The drawer counts them over a day.
        </Step>
        <Step title="Does it go on by itself?" where={<Link to="/autonomy">Autonomy</Link>}>
          Slots are filled, or something says why not.
        </Step>
      </ol>
    </section>
  );
}

function Step({ title, where, children }: { title: string; where: ReactNode; children: ReactNode }) {
  return (
    <li>
      <strong>{title}</strong> {children} {where}
    </li>
  );
}
