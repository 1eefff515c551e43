// What an Integration has done. In: its handshakes, rows and counts. Out: two tables and a chart, each loaded by itself.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { eventsQuery, usageQuery, verificationsQuery } from '../api/queries';
import { Id } from '../parts/copy';
import { Loaded } from '../parts/loaded';
import { State } from '../parts/states';
import { milliseconds, When } from '../parts/when';
import { UsageChart } from './usage-chart';
import { Reason } from '../parts/reason';

/** Rows that the drawer shows. */
const EVENTS = 20;

interface Props {
  namespace: string;
  name: string;
}

/** The drawer's lower half. */
export function History(props: Props) {
  return (
    <>
      <section aria-labelledby="proof-24h">
        <h3 id="proof-24h">Proof of use, 24 hours</h3>
        <Loaded query={useQuery(usageQuery(props.namespace, props.name))} what="counts of 24 hours">
          {(usage) => <UsageChart usage={usage} />}
        </Loaded>
      </section>
      <Verifications {...props} />
      <Events {...props} />
    </>
  );
}

function Verifications({ namespace, name }: Props) {
  return (
    <section aria-labelledby="verifications">
      <h3 id="verifications">Verification history</h3>
      <Loaded query={useQuery(verificationsQuery(namespace, name))} what="handshakes">
        {({ verifications }) =>
          verifications.length === 0 ? (
            <p className="empty">No handshake has been made.</p>
          ) : (
            <div className="table-box" role="group" aria-labelledby="verifications" tabIndex={0}>
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">When</th>
                    <th scope="col">Status</th>
                    <th scope="col">Latency</th>
                    <th scope="col">Reason</th>
                    <th scope="col">Trace</th>
                  </tr>
                </thead>
                <tbody>
                  {verifications.map((one) => (
                    <tr key={one.id}>
                      <td>
                        <When at={one.created_at} />
                      </td>
                      <td>
                        <State of={one.status} />
                      </td>
                      <td className="num">{milliseconds(one.latency_ms)}</td>
                      <td>
                        {one.reason_code ? <Reason code={one.reason_code} /> : null} {one.error_message ?? ''}
                      </td>
                      <td>
                        <Id id={one.trace_id} label="trace" />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
    </section>
  );
}

function Events({ namespace, name }: Props) {
  return (
    <section aria-labelledby="events">
      <h3 id="events">Last {EVENTS} events</h3>
      <Loaded query={useQuery(eventsQuery(namespace, name))} what="events">
        {({ events }) =>
          events.length === 0 ? (
            <p className="empty">Nothing has been recorded for it.</p>
          ) : (
            <div className="table-box" role="group" aria-labelledby="events" tabIndex={0}>
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">When</th>
                    <th scope="col">Endpoint</th>
                    <th scope="col">Status</th>
                    <th scope="col">Latency</th>
                    <th scope="col">Bot</th>
                    <th scope="col">Trace</th>
                  </tr>
                </thead>
                <tbody>
                  {events.slice(0, EVENTS).map((one) => (
                    <tr key={one.id}>
                      <td>
                        <When at={one.created_at} />
                      </td>
                      <td>
                        {one.endpoint} <span className="muted">{one.operation}</span>
                      </td>
                      <td>
                        <State of={one.status} /> {one.reason_code ? <Reason code={one.reason_code} /> : null}
                      </td>
                      <td className="num">{milliseconds(one.latency_ms)}</td>
                      <td>
                        {one.bot_namespace && one.bot_name ? (
                          <Link to={`/bots/${one.bot_namespace}/${one.bot_name}`}>{one.bot_name}</Link>
                        ) : (
                          <span className="muted">none</span>
                        )}
                      </td>
                      <td>
                        <Id id={one.trace_id} label="trace" />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
    </section>
  );
}
