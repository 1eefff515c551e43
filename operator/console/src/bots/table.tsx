// Ten thousand rows. In: Bots. Out: a table of which only what is seen is drawn; it says how long it is to whoever does not see it.
import { FlexRender, useTable, type Row } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useState } from 'react';
import type { ListedBot } from '../api/queries';
import { Head } from '../parts/data-table';
import { sorting } from '../parts/sorting';
import { columns } from './columns';

/** Height of a row in pixels; the style sheet has the same. */
const ROW = 56;
/** Rows drawn beyond what is seen, so that a quick hand meets no gap. */
const SPARE = 6;

const idOf = (bot: ListedBot) => bot.botId;

/** The table. */
export function BotsTable({ bots }: { bots: ListedBot[] }) {
  // In state and not in a ref: what scrolls is there only after what is in it.
  const [box, setBox] = useState<HTMLDivElement | null>(null);
  const table = useTable({ features: sorting, columns, data: bots, getRowId: idOf });
  const rows = table.getRowModel().rows;
  const heads = table.getHeaderGroups().flatMap((group) => group.headers);
  return (
    <div className="table-box bots" ref={setBox} tabIndex={0} role="group" aria-label="Bots, table">
      <table className="table" role="table" aria-label="Bots" aria-rowcount={rows.length + 1}>
        <thead role="rowgroup">
          <tr role="row" aria-rowindex={1}>
            {heads.map((head) => (
              <Head key={head.id} column={head.column}>
                {head.column.columnDef.header as string}
              </Head>
            ))}
          </tr>
        </thead>
        <Seen rows={rows} box={box} />
      </table>
    </div>
  );
}

interface SeenProps {
  rows: Row<typeof sorting, ListedBot>[];
  box: HTMLDivElement | null;
}

/** The rows that are seen: what a step of a scroll draws again. */
function Seen({ rows, box }: SeenProps) {
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box,
    estimateSize: () => ROW,
    overscan: SPARE,
    // What is spare is there before it is seen, so that no frame has to wait for it.
    useFlushSync: false,
  });
  return (
    <tbody role="rowgroup" style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map(({ index, start }) => {
        const row = rows[index];
        return row ? <Line key={row.id} row={row} index={index} start={start} /> : null;
      })}
    </tbody>
  );
}

interface LineProps {
  row: Row<typeof sorting, ListedBot>;
  index: number;
  start: number;
}

/** A row, drawn once for as long as it is seen. */
const Line = memo(function Line({ row, index, start }: LineProps) {
  return (
    <tr role="row" aria-rowindex={index + 2} style={{ top: start }}>
      {row.getAllCells().map((cell, place) => (
        <td key={cell.id} role={place === 0 ? 'rowheader' : 'cell'}>
          <FlexRender cell={cell} />
        </td>
      ))}
    </tr>
  );
});
