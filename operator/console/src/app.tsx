// Which page an address is. In: the address and the session. Out: the page in its frame. Each page is a part of its own, so that the
// first load brings one of them.
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { mustSignIn, sessionQuery } from './api/session';
import { Boundary } from './frame/boundary';
import { Nothing } from './frame/nothing';
import { Shell } from './frame/shell';
import { SignIn } from './frame/sign-in';
import { Loaded, Loading } from './parts/loaded';

const Observatory = lazy(() => import('./observatory/page'));
const Bots = lazy(() => import('./bots/page'));
const Bot = lazy(() => import('./bot/page'));
const Autonomy = lazy(() => import('./autonomy/page'));
const Audit = lazy(() => import('./audit/page'));
const Row = lazy(() => import('./audit/row'));
const Runbook = lazy(() => import('./runbook/page'));
const Policies = lazy(() => import('./policies/page'));

/** The console. */
export function App() {
  const session = useQuery(sessionQuery);
  const [place] = useLocation();
  return (
    <Loaded query={session} what="the session">
      {(who) =>
        mustSignIn(who) || place === '/sign-in' ? (
          <main>
            <SignIn session={who} />
          </main>
        ) : (
          <Shell session={who}>
            <Boundary key={place.split('/')[1]}>
              <Suspense fallback={<Loading what="the page" />}>
                <Pages />
              </Suspense>
            </Boundary>
          </Shell>
        )
      }
    </Loaded>
  );
}

function Pages() {
  return (
    <Switch>
      <Route path="/">
        <Redirect to="/observatory" replace />
      </Route>
      <Route path="/observatory">
        <Observatory tab="overview" />
      </Route>
      <Route path="/observatory/connections/:namespace?/:provider?">
        {({ namespace, provider }) => (
          <Observatory tab="connections" {...(namespace && provider ? { opened: { namespace: decodeURIComponent(namespace), provider: decodeURIComponent(provider) } } : {})} />
        )}
      </Route>
      <Route path="/bots" component={Bots} />
      <Route path="/bots/:namespace/:name">
        {({ namespace, name }) => <Bot namespace={decodeURIComponent(namespace)} name={decodeURIComponent(name)} />}
      </Route>
      <Route path="/autonomy" component={Autonomy} />
      <Route path="/policies" component={Policies} />
      <Route path="/runbook">
        <Runbook />
      </Route>
      <Route path="/runbook/:code">{({ code }) => <Runbook key={code} code={decodeURIComponent(code)} />}</Route>
      <Route path="/audit" component={Audit} />
      <Route path="/audit/:id">{({ id }) => <Row id={decodeURIComponent(id)} />}</Route>
      <Route component={Nothing} />
    </Switch>
  );
}
