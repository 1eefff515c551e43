// What a list is narrowed by. In: a search, choices with their counts, how many are left. Out: a form that submits nothing. Pure.
import type { ReactNode } from 'react';

interface Props {
  /** What is listed, such as Bots. */
  label: string;
  search: string;
  placeholder: string;
  onSearch: (text: string) => void;
  shown: number;
  total: number;
  /** The choices. */
  children: ReactNode;
}

/** The form. It says how many are left as soon as that changes. */
export function Filters({ label, search, placeholder, onSearch, shown, total, children }: Props) {
  return (
    <form
      className="filters"
      role="search"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
      }}
    >
      <label>
        <span>Search</span>
        <input
          type="search"
          value={search}
          placeholder={placeholder}
          onChange={(event) => {
            onSearch(event.target.value);
          }}
        />
      </label>
      {children}
      <p className="filters-count" role="status">
        {shown.toLocaleString('en')} of {total.toLocaleString('en')} shown
      </p>
    </form>
  );
}

interface ChoiceProps {
  name: string;
  value: string;
  onChoose: (value: string) => void;
  /** Each value with how many there are of it, and a word for it where it is not its own. */
  all: readonly (readonly [value: string, count: number, word?: string])[];
}

/** One choice; nothing chosen narrows nothing. */
export function Choice({ name, value, onChoose, all }: ChoiceProps) {
  const total = all.reduce((sum, [, count]) => sum + count, 0);
  return (
    <label>
      <span>{name}</span>
      <select
        value={value}
        onChange={(event) => {
          onChoose(event.target.value);
        }}
      >
        <option value="">All ({total.toLocaleString('en')})</option>
        {all.map(([one, count, word]) => (
          <option key={one} value={one}>
            {word ?? one} ({count.toLocaleString('en')})
          </option>
        ))}
      </select>
    </label>
  );
}
