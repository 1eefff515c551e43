// Connections: one row for each Integration, and for each vendor without one. In: GET /api/integrations/status. Out: the table of the
// four facts, narrowed by what is asked for, and the drawer.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Schemas } from '../api/client';
import { integrationsQuery } from '../api/queries';
import { Choice, Filters } from '../parts/filters';
import { Loaded } from '../parts/loaded';
import { ConnectionsTable } from './connections-table';
import { Drawer } from './drawer';

/** A row of the table. */
export type Entry = Schemas['Entry'];

/** Namespace in the address of a vendor that no Integration names. */
export const NOWHERE = '-';

/** Address of an entry's drawer. */
export const drawerOf = (entry: Entry) =>
  `/observatory/connections/${encodeURIComponent(entry.name === null ? NOWHERE : (entry.namespace ?? NOWHERE))}/${encodeURIComponent(entry.provider)}`;

interface Opened {
  namespace: string;
  provider: string;
}

/** The entry that an address means. */
export const entryOf = (entries: Entry[], { namespace, provider }: Opened) =>
  entries.find((one) => one.provider === provider && (one.name === null ? namespace === NOWHERE : one.namespace === namespace)) ??
  // A vendor may have been given an Integration since, or never had one in that namespace.
  entries.find((one) => one.provider === provider);

/** The tab. */
export function Connections({ opened }: { opened: Opened | null }) {
  const query = useQuery(integrationsQuery(null));
  const [, go] = useLocation();
  const [search, setSearch] = useState('');
  const [state, setState] = useState('');
  return (
    <Loaded query={query} what="Integrations">
      {({ integrations }) => {
        const entry = opened ? entryOf(integrations, opened) : undefined;
        const shown = integrations.filter((one) => (state === '' || one.state === state) && matches(one, search));
        return (
          <>
            <Filters
              label="Connections"
              search={search}
              placeholder="Provider, category, namespace"
              onSearch={setSearch}
              shown={shown.length}
              total={integrations.length}
            >
              <Choice
                name="State"
                value={state}
                onChoose={setState}
                all={STATES.map(([value, word]) => [value, integrations.filter((one) => one.state === value).length, word] as const)}
              />
            </Filters>
            <ConnectionsTable entries={shown} />
            {opened ? (
              <Drawer
                key={`${opened.namespace}/${opened.provider}`}
                entry={entry}
                provider={opened.provider}
                onClose={() => {
                  go('/observatory/connections');
                }}
              />
            ) : null}
          </>
        );
      }}
    </Loaded>
  );
}

function matches(entry: Entry, search: string) {
  const text = [entry.title, entry.provider, entry.category, entry.namespace, entry.name, entry.reason_code].join(' ').toLowerCase();
  return text.includes(search.trim().toLowerCase());
}

const STATES: readonly (readonly [value: Entry['state'], word: string])[] = [
  ['Connected', 'Connected'],
  ['Degraded', 'Degraded'],
  ['NotConnected', 'Not connected'],
  ['NotConfigured', 'Not configured'],
];
