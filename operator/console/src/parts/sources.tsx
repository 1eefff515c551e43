// What the last completed cycle proves of each kind of source. In: marks. Out: a row of chips; a connection is never among them. Pure.
import type { Schemas } from '../api/client';
import { Mark, type Shape, type Tone } from './mark';
import { Reason } from './reason';

type SourceMark = Schemas['SourceMark'];

const SHORT: Record<SourceMark['source'], readonly [short: string, long: string]> = {
  marketData: ['MD', 'Market data'],
  macro: ['Macro', 'Macro'],
  optionsFlow: ['Flow', 'Options flow'],
  news: ['News', 'News'],
  ai: ['AI', 'AI'],
  broker: ['Broker', 'Broker'],
};

const MARKS: Record<SourceMark['mark'], readonly [Shape, Tone, string]> = {
  proven: ['check', 'ok', 'proven'],
  refuted: ['cross', 'bad', 'refuted'],
  unknown: ['question', 'none', 'unknown'],
  notApplicable: ['dash', 'none', 'not applicable'],
};

/** The chips, always in the same order. */
export function Sources({ sources }: { sources: SourceMark[] }) {
  return (
    <ul className="sources">
      {sources.map(({ source, mark, message }) => {
        const [short, long] = SHORT[source];
        const [shape, tone, word] = MARKS[mark];
        return (
          <li key={source} title={`${long}: ${word}. ${message}`}>
            <Mark shape={shape} tone={tone}>
              <span aria-hidden="true">{short}</span>
              <span className="visually-hidden">
                {long} {word}
              </span>
            </Mark>
          </li>
        );
      })}
    </ul>
  );
}

/** The same in full: what is required, what was found, and why. */
export function SourcesInFull({ sources }: { sources: SourceMark[] }) {
  return (
    <dl className="facts">
      {sources.map(({ source, mark, message, requirement, providers, reasonCode }) => {
        const [shape, tone, word] = MARKS[mark];
        return (
          <div key={source}>
            <dt>
              {SHORT[source][1]}
              <div className="why">{requirement ?? 'not in the policy'}</div>
            </dt>
            <dd>
              <Mark shape={shape} tone={tone}>
                {word}
              </Mark>
              <div className="why">
                <Reason code={reasonCode} /> {message}
                {providers.length > 0 ? ` (${providers.join(', ')})` : ''}
              </div>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
