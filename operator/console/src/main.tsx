// Starts the console in the page. In: the document. Out: nothing.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/client';
import { SOON } from './api/hearing';
import { App } from './app';
import './style/tokens.css';
import './style/base.css';
import './style/frame.css';
import './style/parts.css';
import './style/pages.css';

/** What was refused is refused again; what failed may not be. */
const mayPass = (error: Error) => !(error instanceof ApiError && error.problem.status >= 400 && error.problem.status < 500);

const client = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 2 && mayPass(error),
      retryDelay: 1_000,
      // What is read once is asked for again until it has been read.
      refetchInterval: ({ state: { error } }) => (error && mayPass(error) ? SOON : false),
      refetchOnWindowFocus: true,
      // A device that says it is offline may reach this server all the same.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
}
