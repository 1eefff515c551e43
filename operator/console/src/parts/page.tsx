// The head of a page. In: its title. Out: an h1 that takes the focus when one comes here, and the title of the tab.
import { useEffect, useRef, type ReactNode } from 'react';

let arrivals = 0;

/** Title, what the page is about, and what can be done on it as a whole. */
export function PageHead({ title, about, children }: { title: string; about?: ReactNode; children?: ReactNode }) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Assayer`;
    // The first page leaves the focus where the browser put it.
    if (arrivals++ > 0) head.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <header className="page-head">
      <div>
        <h1 ref={head} tabIndex={-1}>
          {title}
        </h1>
        {about ? <p className="about">{about}</p> : null}
      </div>
      {children ? <div className="page-tools">{children}</div> : null}
    </header>
  );
}
