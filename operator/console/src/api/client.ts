// The API as typed calls. In: operator/openapi.json's types. Out: answers, or an ApiError that carries the problem. No state.
import createClient from 'openapi-fetch';
import type { components, paths } from './schema';

/** Types of all bodies by their names. */
export type Schemas = components['schemas'];

/** A problem as the API tells it; what is not from the API has no reason code. */
export interface Problem {
  title: string;
  detail: string;
  status: number;
  reasonCode: string | null;
  suggestedFix: string | null;
  traceId: string | null;
}

/** An answer that is not the one asked for. */
export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = 'ApiError';
  }
}

/** Says to the server that a write comes from this console and not from a page elsewhere. */
export const CONSOLE_HEADER = { 'X-Assayer-Console': '1' } as const;

/** Typed calls to the API that served this page. */
export const api = createClient<paths>({ baseUrl: '', headers: CONSOLE_HEADER, credentials: 'same-origin' });

/** What a call came back with. */
export interface Answer<T> {
  data?: T | undefined;
  error?: unknown;
  response: Response;
}

/** The body of an answer, or an ApiError. */
export async function answerOf<T>(asked: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await asked;
  } catch {
    throw unreachable();
  }
  if (answer.response.ok) return answer.data as T;
  throw new ApiError(problemOf(answer.error, answer.response));
}

/** What is shown while the server does not answer at all. */
export function unreachable(): ApiError {
  return new ApiError({
    title: 'The API cannot be reached',
    detail: 'No answer came from the server of this console.',
    status: 0,
    reasonCode: null,
    suggestedFix: 'Check the connection, and that the Deployment assayer-api is ready. This page tries again by itself.',
    traceId: null,
  });
}

/** The problem in an answer's body; of a body that is none, what its status says. */
export function problemOf(body: unknown, response: Response): Problem {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Partial<Record<keyof Problem, unknown>>;
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
  return {
    title: text(given.title) ?? `The API answered ${response.status}`,
    detail: text(given.detail) ?? (text(response.statusText) ?? 'It gave no reason.'),
    status: response.status,
    reasonCode: text(given.reasonCode),
    suggestedFix: text(given.suggestedFix),
    traceId: text(given.traceId),
  };
}
