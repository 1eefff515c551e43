// Who was made from whom in one search, as a picture. In: trials, and what became of the best. Out: a figure; the table of trials beside it
// says the same in words, by the same numbers.
import { Mark, type Shape, type Tone } from '../parts/mark';
import { familyOf, type Came, type Outcome, type Placed } from './family-of';
import type { Trial } from './found';

const LOOKS: Record<Came, readonly [shape: Shape, tone: Tone, word: string]> = {
  challenger: ['check', 'ok', 'a challenger'],
  best: ['triangle', 'warn', 'the best, and refused'],
  own: ['work', 'work', 'the Bot’s own'],
  refused: ['ring', 'none', 'refused'],
  unrun: ['cross', 'bad', 'could not be run'],
  earlier: ['question', 'none', 'of an earlier search'],
};

/** The picture, from those that were there to those that were made. */
export function FamilyTree({ trials, outcome }: { trials: Trial[]; outcome: Outcome }) {
  const { nodes, edges, width, height } = familyOf(trials, outcome);
  const kinds = (Object.keys(LOOKS) as Came[]).filter((came) => nodes.some((node) => node.came === came));
  return (
    <figure className="chart">
      <div className="family" role="group" aria-label="Strategies of this search, by who was made from whom" tabIndex={0}>
        <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={saying(nodes)}>
          {edges.map(({ from, to }) => (
            <path
              key={`${from.hash} ${to.hash}`}
              className={to.came === 'challenger' || to.came === 'best' ? 'family-edge family-edge-best' : 'family-edge'}
              d={`M${from.x + 11} ${from.y}C${(from.x + to.x) / 2} ${from.y} ${(from.x + to.x) / 2} ${to.y} ${to.x - 11} ${to.y}`}
            />
          ))}
          {nodes.map((node) => (
            <g key={node.hash} className={`family-node family-${node.came}`} transform={`translate(${node.x} ${node.y})`}>
              <title>{node.says}</title>
              <Outline came={node.came} />
              <text textAnchor="middle" y="4">
                {node.number ?? '…'}
              </text>
            </g>
          ))}
        </svg>
      </div>
      <figcaption>
        {kinds.map((came) => {
          const [shape, tone, word] = LOOKS[came];
          return (
            <Mark key={came} shape={shape} tone={tone}>
              {nodes.filter((node) => node.came === came).length} {word}
            </Mark>
          );
        })}
        {nodes.length < trials.length ? (
          <span className="why">
            The best {nodes.length} of {trials.length}, with those that they were made from.
          </span>
        ) : null}
      </figcaption>
    </figure>
  );
}

/** A shape for each kind, so that none is told by its colour alone. */
function Outline({ came }: { came: Came }) {
  if (came === 'challenger' || came === 'own') return <rect x="-11" y="-10" width="22" height="20" rx="4" />;
  if (came === 'best') return <path d="M0-12 13 0 0 12-13 0Z" />;
  if (came === 'unrun') return <path d="M-6-11H6L11-6V6L6 11H-6L-11 6V-6Z" />;
  return <circle r="11" />;
}

function saying(nodes: Placed[]): string {
  const best = nodes.find((node) => node.came === 'challenger' || node.came === 'best');
  const end = best ? `number ${best.number} ${best.came === 'challenger' ? 'is a challenger' : `is the best, and no challenger: ${best.says}`}` : 'none is better';
  return `${nodes.length} strategies; ${end}`;
}
