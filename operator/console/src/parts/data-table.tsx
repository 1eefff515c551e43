// A table that sorts by its heads. In: columns and rows. Out: a table; below 760 pixels each row is a card whose cells say their head.
// For some hundred rows; more need `BotsTable`, which draws only what is seen.
import { useTable, type RowData, type SortDirection } from '@tanstack/react-table';
import { sorting, type Column } from './sorting';

interface Props<T extends RowData> {
  label: string;
  columns: Column<T>[];
  data: T[];
  idOf: (row: T) => string;
  empty: string;
}

/** What a column can do. */
interface Sortable {
  getCanSort: () => boolean;
  getIsSorted: () => false | SortDirection;
  toggleSorting: (descending?: boolean) => void;
}

/** The table. */
export function DataTable<T extends RowData>({ label, columns, data, idOf, empty }: Props<T>) {
  const table = useTable({ features: sorting, columns, data, getRowId: idOf });
  if (data.length === 0) return <p className="card empty">{empty}</p>;
  const heads = table.getHeaderGroups().flatMap((group) => group.headers);
  const nameOf = new Map(heads.map((head) => [head.column.id, typeof head.column.columnDef.header === 'string' ? head.column.columnDef.header : '']));
  return (
    <div className="table-box cards-when-narrow" role="group" aria-label={label} tabIndex={0}>
      <table className="table" role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {heads.map((head) => (
              <Head key={head.id} column={head.column}>
                {nameOf.get(head.column.id) ?? ''}
              </Head>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id} role="row">
              {row.getAllCells().map((cell, place) => (
                <td key={cell.id} role={place === 0 ? 'rowheader' : 'cell'} data-label={nameOf.get(cell.column.id)}>
                  <table.FlexRender cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const SORTED = { asc: 'ascending', desc: 'descending' } as const;

/** A head; one that sorts is a button and says how. */
export function Head({ column, children }: { column: Sortable; children: string }) {
  if (!column.getCanSort()) {
    return (
      <th scope="col" role="columnheader">
        {children}
      </th>
    );
  }
  const sorted = column.getIsSorted();
  return (
    <th scope="col" role="columnheader" aria-sort={sorted ? SORTED[sorted] : 'none'}>
      <button type="button" className="sort" onClick={() => {
          column.toggleSorting(sorted === 'asc');
        }}>
        {children}
        <span aria-hidden="true" className="sort-arrow">
          {sorted === 'asc' ? '▲' : sorted === 'desc' ? '▼' : '△'}
        </span>
      </button>
    </th>
  );
}
