// One connection in full, at an address of its own. In: an entry. Out: a dialog at the side; closing it leads back to the table.
import { Dialog, DialogDismiss, DialogHeading } from '@ariakit/react';
import { Link } from 'wouter';
import { Answer, State, UnknownBecause } from '../parts/states';
import { Id } from '../parts/copy';
import { Mark } from '../parts/mark';
import { When } from '../parts/when';
import type { Entry } from './connections';
import { HowToConnect } from './how-to-connect';
import { History } from './history';
import { useVerify, VerifyOutcome, whyNotVerify } from './verify';
import { Reason } from '../parts/reason';

interface Props {
  entry: Entry | undefined;
  provider: string;
  onClose: () => void;
}

/** The drawer. */
export function Drawer({ entry, provider, onClose }: Props) {
  return (
    <Dialog
      open
      modal
      onClose={onClose}
      backdrop={<div className="backdrop" />}
      className="drawer"
      unmountOnHide
    >
      <div className="drawer-head">
        <DialogHeading render={<h2 />} className="drawer-title">{entry?.title ?? provider}</DialogHeading>
        <DialogDismiss className="button quiet">Close</DialogDismiss>
      </div>
      {entry ? <Body entry={entry} /> : <p className="empty">No vendor is called “{provider}”.</p>}
    </Dialog>
  );
}

function Body({ entry }: { entry: Entry }) {
  const verify = useVerify(entry);
  const whyNot = whyNotVerify(entry);
  return (
    <div className="drawer-body stack">
      <section aria-label="State">
        <div className="drawer-state">
          <State of={entry.state} large />
          <button
            type="button"
            className="button primary"
            disabled={verify.isPending || whyNot !== null}
            onClick={() => {
              verify.mutate();
            }}
          >
            {verify.isPending ? 'Verifying…' : 'Verify'}
          </button>
        </div>
        <p>{entry.message}</p>
        {entry.state === 'Connected' ? null : (
          <p className="fix">
            <strong>What to do:</strong> {entry.suggested_fix}
          </p>
        )}
        <p className="why">
          <Reason code={entry.reason_code} />
          {whyNot ? ` · ${whyNot}` : ''}
        </p>
        <VerifyOutcome verify={verify} />
        {entry.endpoint_override ? (
          <p className="notice tone-warn">
            <Mark shape="triangle" tone="warn">
              Stand-in address
            </Mark>
            <span>
              Calls go to <code>{entry.endpoint_override}</code> and not to the vendor.
            </span>
          </p>
        ) : null}
      </section>
      <Facts entry={entry} />
      <HowToConnect entry={entry} verify={verify} />
      {entry.name !== null && entry.namespace !== null ? <History namespace={entry.namespace} name={entry.name} /> : null}
    </div>
  );
}

function Facts({ entry }: { entry: Entry }) {
  return (
    <section aria-labelledby="facts">
      <h3 id="facts">Four facts</h3>
      <dl className="facts">
        <div>
          <dt>Configured</dt>
          <dd>
            <Answer is={entry.configured} yes="Yes" no="No" reason={entry.configured_reason} />
          </dd>
        </div>
        <div>
          <dt>Connected</dt>
          <dd>
            <Answer is={entry.connected} yes="Yes" no="No" reason={entry.connected_reason} />
          </dd>
        </div>
        <div>
          <dt>Used by a Bot</dt>
          <dd>
            <Answer is={entry.used} yes="Yes" no="No" reason={entry.proof_of_use_reason} />
            <Used entry={entry} />
          </dd>
        </div>
        <div>
          <dt>Fails closed</dt>
          <dd>
            <FailClosed entry={entry} />
          </dd>
        </div>
        <div>
          <dt>Missing keys</dt>
          <dd>
            <Missing entry={entry} />
          </dd>
        </div>
        <div>
          <dt>Last verified</dt>
          <dd>
            <When at={entry.last_verified_at} /> {entry.last_verify_status ? <State of={entry.last_verify_status} /> : null}
            {entry.last_verify_trace_id ? <Id id={entry.last_verify_trace_id} label="trace of the last handshake" /> : null}
            {entry.last_verify_reason && !entry.last_verified_at ? <div className="why">{entry.last_verify_reason}</div> : null}
          </dd>
        </div>
      </dl>
    </section>
  );
}

function Used({ entry }: { entry: Entry }) {
  if (!entry.last_used_at) return entry.last_used_reason ? <div className="why">{entry.last_used_reason}</div> : null;
  return (
    <div className="why">
      <When at={entry.last_used_at} /> by{' '}
      {entry.last_used_by_bot ? <Link to={`/bots/${entry.last_used_by_bot}`}>{entry.last_used_by_bot}</Link> : 'a Bot'}
      {entry.last_used_trace_id ? <Id id={entry.last_used_trace_id} label="trace of the last use" /> : null}
    </div>
  );
}

function FailClosed({ entry }: { entry: Entry }) {
  const word = (is: boolean | null) => (is === null ? 'unknown' : is ? 'yes' : 'no');
  return (
    <ul className="plain">
      {Object.entries(entry.fail_closed).map(([stage, is]) => (
        <li key={stage}>
          <strong>{stage}</strong> {word(is)}
          {is === true ? null : <span className="why"> {entry.fail_closed_reasons[stage]}</span>}
        </li>
      ))}
    </ul>
  );
}

function Missing({ entry }: { entry: Entry }) {
  const missing = entry.missing_env_vars;
  if (!missing) return <UnknownBecause reason={entry.missing_env_vars_reason} />;
  if (missing.length === 0) return <>none</>;
  return (
    <ul className="plain">
      {missing.map((name) => (
        <li key={name}>
          <code>{name}</code>
        </li>
      ))}
    </ul>
  );
}
