// What is around every page. In: the session and the page. Out: navigation, who is signed in, whether facts arrive. Reads the router.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import type { Hearing } from '../api/hearing';
import { listen, useHearing } from '../api/live';
import { signOut, type Session } from '../api/session';
import { Mark, type Shape, type Tone } from '../parts/mark';
import { ThemeChoice } from './theme';

const PAGES = [
  { to: '/observatory', name: 'Observatory' },
  { to: '/bots', name: 'Bots' },
  { to: '/autonomy', name: 'Autonomy' },
  { to: '/policies', name: 'Policies' },
  { to: '/audit', name: 'Audit' },
  { to: '/runbook', name: 'Runbook' },
] as const;

const HEARD: Record<Hearing, readonly [Shape, Tone, string]> = {
  live: ['check', 'ok', 'Live'],
  asking: ['wait', 'warn', 'Asking every few seconds'],
  offline: ['cross', 'bad', 'Offline: facts are as old as they say'],
};

/** The frame. */
export function Shell({ session, children }: { session: Session; children: ReactNode }) {
  const client = useQueryClient();
  const [place] = useLocation();
  const [open, setOpen] = useState(false);
  useEffect(() => listen(client), [client]);
  return (
    <div className={open ? 'shell shell-open' : 'shell'}>
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <header className="bar">
        <Link to="/observatory" className="brand">
          <img src="/mark.svg" alt="" width="26" height="26" />
          Assayer
        </Link>
        <Environment session={session} />
        <button
          type="button"
          className="button quiet menu-button"
          aria-expanded={open}
          aria-controls="menu"
          onClick={() => {
            setOpen(!open);
          }}
        >
          Menu
        </button>
      </header>
      <aside className="side" id="menu" aria-label="Console">
        <nav aria-label="Pages">
          <ul>
            {PAGES.map(({ to, name }) => (
              <li key={to}>
                <Link
                  to={to}
                  aria-current={place === to || place.startsWith(`${to}/`) ? 'page' : undefined}
                  onClick={() => {
                    setOpen(false);
                  }}
                >
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="side-foot">
          <Heard />
          <ThemeChoice />
          <Who session={session} />
        </div>
      </aside>
      <main id="page" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function Environment({ session }: { session: Session }) {
  const { environment, version } = session.installation;
  return (
    <span className={`environment environment-${environment === 'prod' ? 'prod' : 'dev'}`} title={`Assayer ${version}`}>
      <span className="visually-hidden">Installation: </span>
      {environment}
    </span>
  );
}

function Heard() {
  const [shape, tone, word] = HEARD[useHearing()];
  return (
    <div role="status" className="heard">
      <Mark shape={shape} tone={tone}>
        {word}
      </Mark>
    </div>
  );
}

function Who({ session }: { session: Session }) {
  const client = useQueryClient();
  const [, go] = useLocation();
  const leave = () => {
    void signOut().finally(() => {
      client.clear();
      go('/sign-in');
    });
  };
  if (session.user === null) {
    return (
      <div className="who">
        <p>Not signed in: this installation lets anyone read. To change something, sign in.</p>
        <Link to="/sign-in" className="button small">
          Sign in
        </Link>
      </div>
    );
  }
  return (
    <div className="who">
      <p>
        Signed in as <strong>{session.user}</strong>
      </p>
      <button type="button" className="button small" onClick={leave}>
        Sign out
      </button>
    </div>
  );
}
