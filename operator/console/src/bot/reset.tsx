// What a reset begins anew, and what it does not touch, before it is done. In: the Bot. Out: a dialog that asks.
import { Dialog, DialogDismiss, DialogHeading } from '@ariakit/react';
import type { Schemas } from '../api/client';
import { When } from '../parts/when';

type Bot = Schemas['OneBot'];

interface Props {
  bot: Bot;
  busy: boolean;
  onReset: () => void;
  onClose: () => void;
}

/** The dialog. It cannot be confirmed by mistake: the button that closes it has the focus. */
export function ResetDialog({ bot, busy, onReset, onClose }: Props) {
  const sessions = bot.blockers?.find((one) => one.reasonCode === 'SESSIONS_TOO_FEW');
  return (
    <Dialog open modal onClose={onClose} backdrop={<div className="backdrop" />} className="dialog" unmountOnHide>
      <DialogHeading render={<h2 />} className="drawer-title">
        Reset {bot.namespace}/{bot.name}?
      </DialogHeading>
      <p>What the Bot is judged by is counted from now on. It cannot be taken back: a reset only ever moves forward.</p>
      <h3>Begins anew</h3>
      <ul className="plain">
        <li>the count of its sessions towards the next stage{sessions?.measured ? `, now ${sessions.measured} of ${sessions.required ?? 'unknown'}` : ''}</li>
        <li>whether its newest bar was tested: its next slot is worked</li>
      </ul>
      <h3>Stays as it is</h3>
      <ul className="plain">
        <li>every row, job, session and report: they stay to be read</li>
        <li>the trials of its lineage, and a lineage that is searched no more</li>
        <li>how often the hold-out was looked at</li>
        <li>loss budgets, and every latch</li>
        <li>what its last cycle proves of its sources</li>
      </ul>
      <p className="why">{bot.spec.resetAt ? <>It was last reset <When at={bot.spec.resetAt} />.</> : 'It has never been reset.'}</p>
      <div className="actions">
        <DialogDismiss className="button">Keep counting</DialogDismiss>
        <button type="button" className="button primary" disabled={busy} aria-busy={busy} onClick={onReset}>
          <span aria-live="polite">{busy ? 'Asking…' : 'Reset the Bot'}</span>
        </button>
      </div>
    </Dialog>
  );
}
