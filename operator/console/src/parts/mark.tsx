// A state as shape, word and colour, so that none of the three is needed to tell it. In: a shape, a tone, a word. Out: markup. Pure.
import type { ReactNode } from 'react';

/** How good a state is. */
export type Tone = 'ok' | 'warn' | 'bad' | 'none' | 'work';

/** Each shape is drawn differently enough to be told at 14 pixels without colour. */
export type Shape = 'check' | 'triangle' | 'cross' | 'ring' | 'question' | 'work' | 'wait' | 'stop' | 'dash' | 'slash';

const PATHS: Record<Shape, ReactNode> = {
  check: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path d="m4.8 8.2 2.2 2.3 4.2-4.7" className="mark-inner" />
    </>
  ),
  triangle: (
    <>
      <path d="M8 1.4 15.2 14.4H.8Z" fill="currentColor" strokeLinejoin="round" />
      <path d="M8 6v4M8 12v.6" className="mark-inner" />
    </>
  ),
  cross: (
    <>
      <path d="M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2Z" fill="currentColor" />
      <path d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" className="mark-inner" />
    </>
  ),
  ring: <circle cx="8" cy="8" r="6" className="mark-line" />,
  question: (
    <>
      <circle cx="8" cy="8" r="6.4" className="mark-line" strokeDasharray="2.4 2" />
      <path d="M6.2 6.4a1.9 1.9 0 1 1 2.6 1.8c-.6.2-.8.6-.8 1.2M8 11.4v.3" className="mark-line" />
    </>
  ),
  work: (
    <>
      <circle cx="8" cy="8" r="6.4" className="mark-line" />
      <path d="M6.4 5v6l4.6-3Z" fill="currentColor" />
    </>
  ),
  wait: (
    <>
      <path d="M4 1.6h8M4 14.4h8M4.8 1.8c0 3.4 6.4 3.6 6.4 6.2s-6.4 2.8-6.4 6.2M11.2 1.8c0 3.4-6.4 3.6-6.4 6.2s6.4 2.8 6.4 6.2" className="mark-line" />
    </>
  ),
  stop: <rect x="2" y="2" width="12" height="12" rx="1.5" fill="currentColor" />,
  dash: <path d="M3 8h10" className="mark-line" />,
  slash: (
    <>
      <circle cx="8" cy="8" r="6.2" className="mark-line" />
      <path d="m3.8 12.2 8.4-8.4" className="mark-line" />
    </>
  ),
};

interface Props {
  shape: Shape;
  tone: Tone;
  children: ReactNode;
  /** Larger, for the one state that a page is about. */
  large?: boolean;
  /** On a tinted ground, as in a table's cell. */
  pill?: boolean;
}

/** A shape beside its word. */
export function Mark({ shape, tone, children, large = false, pill = false }: Props) {
  return (
    <span className={`mark tone-${tone}${large ? ' mark-large' : ''}${pill ? ' mark-pill' : ''}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        {PATHS[shape]}
      </svg>
      <span>{children}</span>
    </span>
  );
}
