// Readiness by Bot. In: the API's Bots. Out: a table. Pure.
import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import { Answer, State } from '../parts/states';

type Bot = Schemas['SystemAnswer']['bots'][number];

/** More than this are found on the Bots page, which draws only what is seen. */
const SHOWN = 100;

/** The table. */
export function Readiness({ bots, hidden }: { bots: Bot[]; hidden: number }) {
  return (
    <section aria-labelledby="readiness">
      <h2 id="readiness">
        Readiness by Bot <span className="count">{bots.length}</span>
      </h2>
      {bots.length === 0 ? <p className="card empty">There is no Bot that you may list.</p> : <Table bots={bots.slice(0, SHOWN)} />}
      {bots.length > SHOWN ? (
        <p className="why">
          {bots.length - SHOWN} more are on <Link to="/bots">Bots</Link>.
        </p>
      ) : null}
      {hidden > 0 ? <p className="why">{hidden} more count and are in namespaces whose Bots you may not list.</p> : null}
    </section>
  );
}

function Table({ bots }: { bots: Bot[] }) {
  return (
    <div className="table-box" role="region" aria-labelledby="readiness" tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Bot</th>
            <th scope="col">Stage</th>
            <th scope="col">Readiness</th>
            <th scope="col">May start</th>
            <th scope="col">What is in its way</th>
          </tr>
        </thead>
        <tbody>
          {bots.map((bot) => (
            <tr key={bot.bot}>
              <th scope="row">
                <Link to={`/bots/${bot.bot}`}>{bot.bot}</Link>
              </th>
              <td>{bot.stage}</td>
              <td>
                <State of={bot.readiness} />
              </td>
              <td>
                <Answer is={bot.autonomy_allowed} yes="Yes" no="No" />
              </td>
              <td>
                {bot.blockers.length === 0 ? (
                  <span className="muted">nothing</span>
                ) : (
                  <ul className="plain">
                    {bot.blockers.map((one) => (
                      <li key={`${one.reason_code} ${one.message}`}>
                        <code>{one.reason_code}</code> {one.message}
                      </li>
                    ))}
                  </ul>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
