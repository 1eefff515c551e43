// What the pages ask for. In: parameters. Out: query options with their keys. How often is the live connection's to say: what it
// tells of is asked for again when it says so, and slowly otherwise.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, api, type Schemas } from './client';
import { pace, SOON } from './hearing';
import { reader } from './listed';

/** A Bot as the list has it. */
export type ListedBot = Schemas['BotsAnswer']['bots'][number];

/** Bots that are shown one by one beside what is said of all. */
const MOST_BOTS = 100;

/** Status of the installation. */
export const systemQuery = queryOptions({
  queryKey: ['system'],
  queryFn: () => answerOf(api.GET('/api/system/status', { params: { query: { limit: MOST_BOTS } } })),
  refetchInterval: pace,
});

/** Every Integration, and every vendor without one. */
export const integrationsQuery = (namespace: string | null) =>
  queryOptions({
    queryKey: ['integrations', namespace],
    queryFn: () => answerOf(api.GET('/api/integrations/status', { params: { query: namespace ? { namespace } : {} } })),
    refetchInterval: pace,
  });

const one = (namespace: string, name: string) => ({ params: { path: { namespace, name } } });

/** The newest handshakes of an Integration. */
export const verificationsQuery = (namespace: string, name: string) =>
  queryOptions({
    queryKey: ['integrations', namespace, name, 'verifications'],
    queryFn: () => answerOf(api.GET('/api/integrations/{namespace}/{name}/verifications', one(namespace, name))),
    refetchInterval: SOON,
  });

/** The newest rows of an Integration. */
export const eventsQuery = (namespace: string, name: string) =>
  queryOptions({
    queryKey: ['integrations', namespace, name, 'events'],
    queryFn: () => answerOf(api.GET('/api/integrations/{namespace}/{name}/events', one(namespace, name))),
    refetchInterval: SOON,
  });

/** Rows of an Integration by quarters of an hour, over a day. */
export const usageQuery = (namespace: string, name: string) =>
  queryOptions({
    queryKey: ['integrations', namespace, name, 'usage'],
    queryFn: () => answerOf(api.GET('/api/integrations/{namespace}/{name}/usage', one(namespace, name))),
    refetchInterval: 30_000,
  });

/** Which of an Integration's keys are there. */
export const keysQuery = (namespace: string, name: string) =>
  queryOptions({
    queryKey: ['integrations', namespace, name, 'keys'],
    queryFn: () => answerOf(api.GET('/api/integrations/{namespace}/{name}/credentials', one(namespace, name))),
  });

/** Whether Bots work as often as their policy says. */
export const autonomyQuery = queryOptions({
  queryKey: ['autonomy'],
  queryFn: () => answerOf(api.GET('/api/_proof/autonomy', { params: { query: { limit: MOST_BOTS } } })),
  refetchInterval: SOON * 2,
});

/** The last three jobs of a Bot with every row. */
export const botProofQuery = (namespace: string, name: string) =>
  queryOptions({
    queryKey: ['proof', namespace, name],
    queryFn: () => answerOf(api.GET('/api/_proof/bot/{namespace}/{name}', one(namespace, name))),
    refetchInterval: SOON,
  });

const listed = reader();

/** Every Bot that one may read. */
export const botsQuery = queryOptions({
  queryKey: ['bots'],
  queryFn: () => answerOf(api.GET('/api/bots', { parseAs: 'stream' }).then(listed)),
  refetchInterval: pace,
});

/** A Bot with its spec and conditions. */
export const botQuery = (namespace: string, name: string) =>
  queryOptions({
    queryKey: ['bot', namespace, name],
    queryFn: () => answerOf(api.GET('/api/bots/{namespace}/{name}', one(namespace, name))),
    refetchInterval: pace,
  });
/** What to do about every reason, and every vendor's keys. It changes with the version alone. */
export const runbookQuery = queryOptions({
  queryKey: ['runbook'],
  queryFn: () => answerOf(api.GET('/api/runbook')),
  staleTime: Infinity,
});

/** What every stage's policy says. */
export const policiesQuery = queryOptions({
  queryKey: ['policies'],
  queryFn: () => answerOf(api.GET('/api/policies')),
  refetchInterval: 30_000,
});

/** What a Bot did, page by page. */
export const jobsQuery = (namespace: string, name: string) =>
  infiniteQueryOptions({
    queryKey: ['bot', namespace, name, 'jobs'],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/api/bots/{namespace}/{name}/jobs', { params: { path: { namespace, name }, query: pageParam ? { before: pageParam } : {} } }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextBefore,
    refetchInterval: pace,
  });

/** A Bot's rounds of research, the newest first; with a job's id, the trials of that round as well. */
export const roundsQuery = (namespace: string, name: string, jobId?: string) =>
  queryOptions({
    queryKey: ['bot', namespace, name, 'rounds', jobId ?? null],
    queryFn: () =>
      answerOf(api.GET('/api/bots/{namespace}/{name}/trials', { params: { path: { namespace, name }, query: jobId ? { jobId } : {} } })),
    ...(jobId ? { staleTime: Infinity } : { refetchInterval: pace }),
  });

/** How a Bot's strategies descend from each other, page by page. */
export const lineageQuery = (namespace: string, name: string) =>
  infiniteQueryOptions({
    queryKey: ['lineage', namespace, name],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/api/bots/{namespace}/{name}/lineage', { params: { path: { namespace, name }, query: pageParam ? { before: pageParam } : {} } }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextBefore,
    // It changes with a search alone, so who shows it asks again when there is another.
    refetchInterval: pace,
  });

/** What a backtest computed; it never changes. */
export const reportQuery = (namespace: string, name: string, jobId: string) =>
  queryOptions({
    queryKey: ['report', namespace, name, jobId],
    queryFn: () => answerOf(api.GET('/api/bots/{namespace}/{name}/reports/{jobId}', { params: { path: { namespace, name, jobId } } })),
    staleTime: Infinity,
  });

/** The bars of a backtest and its trades on them; they never change. */
export const reportBarsQuery = (namespace: string, name: string, jobId: string) =>
  queryOptions({
    queryKey: ['report', namespace, name, jobId, 'bars'],
    queryFn: () => answerOf(api.GET('/api/bots/{namespace}/{name}/reports/{jobId}/bars', { params: { path: { namespace, name, jobId } } })),
    staleTime: Infinity,
  });

/** Where the report of a backtest is as one document. */
export const documentOf = (namespace: string, name: string, jobId: string) =>
  `/api/bots/${[namespace, name].map(encodeURIComponent).join('/')}/reports/${encodeURIComponent(jobId)}/html`;

/** What may be asked of the log. */
export interface RowsAsked {
  traceId?: string;
  botId?: string;
  provider?: string;
  from?: string;
  to?: string;
}

/** A page of the log's rows. */
type RowsPage = Schemas['Requests'];

/** Rows of the log, the newest first, page by page. */
export const rowsQuery = (asked: RowsAsked) =>
  infiniteQueryOptions({
    queryKey: ['rows', asked],
    // The same path gives a file where one is asked for; here it is JSON.
    queryFn: async ({ pageParam }) =>
      (await answerOf(api.GET('/api/requests', { params: { query: { ...asked, ...(pageParam ? { before: pageParam } : {}) } } }))) as RowsPage,
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextBefore,
  });

/** One row; it never changes. */
export const rowQuery = (requestId: string) =>
  queryOptions({
    queryKey: ['row', requestId],
    queryFn: () => answerOf(api.GET('/api/requests/{requestId}', { params: { path: { requestId } } })),
    staleTime: Infinity,
  });
