// Who was made from whom, as a picture. In: strategies, those that matter most first. Out: a figure; the table beside it says the same in
// words, by the same numbers.
import { Mark, type Shape, type Tone } from '../parts/mark';
import { familyOf, type Came, type Member, type Placed } from './family-of';

const LOOKS: Record<Came, readonly [shape: Shape, tone: Tone, word: string, several?: string]> = {
  candidate: ['check', 'ok', 'a candidate', 'candidates'],
  challenger: ['check', 'ok', 'a challenger', 'challengers'],
  best: ['triangle', 'warn', 'the best of its search, and refused', 'the best of their searches, and refused'],
  own: ['work', 'work', 'the Bot’s own'],
  refused: ['ring', 'none', 'refused'],
  unrun: ['cross', 'bad', 'could not be run'],
  earlier: ['question', 'none', 'of an earlier search'],
};

/** How much of its size a picture that is wider than its place may lose, so that its numbers can still be read; then it is scrolled. */
const SMALLEST = 0.65;

/** What stands out in a picture, told by its numbers. */
const TOLD: readonly Came[] = ['candidate', 'challenger', 'best'];

/** What became of a strategy, as its mark. */
export function CameMark({ came, count }: { came: Came; count?: number }) {
  const [shape, tone, word, several = word] = LOOKS[came];
  return (
    <Mark shape={shape} tone={tone}>
      {count === undefined ? word : `${count} ${count === 1 ? word.replace(/^a /, '') : several}`}
    </Mark>
  );
}

/** The picture, from those that were there to those that were made. */
export function FamilyTree({ members, label }: { members: Member[]; label: string }) {
  const { nodes, edges, width, height } = familyOf(members);
  const kinds = (Object.keys(LOOKS) as Came[]).filter((came) => nodes.some((node) => node.came === came));
  return (
    <figure className="chart">
      <div className="family" role="group" aria-label={label} tabIndex={0}>
        <svg viewBox={`0 0 ${width} ${height}`} style={{ width: '100%', minWidth: width * SMALLEST, maxWidth: width }} role="img" aria-label={saying(nodes)}>
          {edges.map(({ from, to }) => (
            <path
              key={`${from.hash} ${to.hash}`}
              className={TOLD.includes(to.came) ? 'family-edge family-edge-best' : 'family-edge'}
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
        {kinds.map((came) => (
          <CameMark key={came} came={came} count={nodes.filter((node) => node.came === came).length} />
        ))}
        {nodes.length < members.length ? (
          <span className="why">
            {nodes.length} of {members.length} are drawn, with those that they were made from; the table has all.
          </span>
        ) : null}
      </figcaption>
    </figure>
  );
}

/** A shape for each kind, so that none is told by its colour alone. */
function Outline({ came }: { came: Came }) {
  if (came === 'candidate' || came === 'challenger' || came === 'own') return <rect x="-11" y="-10" width="22" height="20" rx="4" />;
  if (came === 'best') return <path d="M0-12 13 0 0 12-13 0Z" />;
  if (came === 'unrun') return <path d="M-6-11H6L11-6V6L6 11H-6L-11 6V-6Z" />;
  return <circle r="11" />;
}

function saying(nodes: Placed[]): string {
  const told = nodes.filter((node) => TOLD.includes(node.came)).map(({ number, came, says }) => `number ${number} is ${LOOKS[came][2]}: ${says}`);
  return [`${nodes.length} strategies`, ...(told.length > 0 ? told : ['none is better'])].join('; ');
}
