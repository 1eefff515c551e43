// One row of the log, every field of it. In: a row. Out: a dialog; fields without a value stand at the end, so that none is hidden.
import { Dialog, DialogDismiss, DialogHeading } from '@ariakit/react';
import { Link } from 'wouter';
import { CopyButton } from './copy';
import type { Row } from './rows-table';
import { State } from './states';
import { exact } from './when';

/** The dialog. */
export function RowDrawer({ row, onClose }: { row: Row; onClose: () => void }) {
  return (
    <Dialog open modal onClose={onClose} backdrop={<div className="backdrop" />} className="drawer" unmountOnHide>
      <div className="drawer-head">
        <DialogHeading render={<h2 />} className="drawer-title">
          {row.provider} {row.endpoint}
        </DialogHeading>
        <DialogDismiss className="button quiet">Close</DialogDismiss>
      </div>
      <div className="drawer-body stack">
        <RowFields row={row} />
        <p>
          <Link to={`/audit/${row.id}`}>This row at an address of its own</Link>
        </p>
      </div>
    </Dialog>
  );
}

/** The row's outcome and every field; those without a value by name. */
export function RowFields({ row }: { row: Row }) {
  const fields = Object.entries(row).map(([name, value]) => [name, textOf(value)] as const);
  const given = fields.filter((field): field is readonly [string, string] => field[1] !== null);
  const absent = fields.filter(([, text]) => text === null).map(([name]) => name);
  return (
    <>
      <p>
        <State of={row.outcome} large /> <span className="muted">{exact(row.created_at)}</span>
      </p>
      <dl className="row-fields">
        {given.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <code>{text}</code>
              {name === 'trace_id' || name === 'id' ? <CopyButton text={text} label={name} /> : null}
            </dd>
          </div>
        ))}
      </dl>
      <p className="why">Without a value in this row: {absent.join(', ')}.</p>
    </>
  );
}

/** A field as text; null where there is nothing. */
function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
