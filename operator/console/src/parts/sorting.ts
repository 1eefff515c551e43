// What tables of this console can do: sort. Nothing else of the table library is loaded.
import { createSortedRowModel, rowSortingFeature, sortFn_basic, sortFn_text, tableFeatures, type ColumnDef, type RowData } from '@tanstack/react-table';

/** Features of every table. */
export const sorting = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic, text: sortFn_text },
});

/** A column of such a table; the type of its values is its own. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- it differs from column to column
export type Column<T extends RowData> = ColumnDef<typeof sorting, T, any>;
