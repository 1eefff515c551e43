// What is loaded only once somebody opens it. In: a title, and what stands behind it. Out: a disclosure. State: whether it was opened.
import { useState, type ReactNode } from 'react';

/** The disclosure. */
export function Opened({ title, children }: { title: ReactNode; children: ReactNode }) {
  const [opened, setOpened] = useState(false);
  return (
    <details
      className="job-rows"
      onToggle={(event) => {
        if (event.currentTarget.open) setOpened(true);
      }}
    >
      <summary>{title}</summary>
      {opened ? children : null}
    </details>
  );
}
