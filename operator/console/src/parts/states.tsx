// Which shape and tone each word of the API has. In: a word. Out: its mark. Pure: one table for all pages, so that a state looks the
// same everywhere.
import { Mark, type Shape, type Tone } from './mark';

type Look = readonly [shape: Shape, tone: Tone, word?: string];

const LOOKS: Record<string, Look> = {
  // The installation, and whether something may start.
  OK: ['check', 'ok'],
  DEGRADED: ['triangle', 'warn'],
  BLOCKED: ['cross', 'bad'],
  // Verdicts.
  PASS: ['check', 'ok'],
  FAIL: ['cross', 'bad'],
  UNKNOWN: ['question', 'none', 'Unknown'],
  PROVEN: ['check', 'ok', 'Proven'],
  REFUTED: ['cross', 'bad', 'Refuted'],
  // Integrations: four states, four shapes.
  Connected: ['check', 'ok'],
  Degraded: ['triangle', 'warn'],
  NotConnected: ['slash', 'bad', 'Not connected'],
  NotConfigured: ['ring', 'none', 'Not configured'],
  // What a Bot does.
  Backtesting: ['work', 'work'],
  Improving: ['work', 'work'],
  Evolving: ['work', 'work'],
  Trading: ['work', 'ok'],
  Scanning: ['work', 'work'],
  Reducing: ['triangle', 'warn'],
  Queued: ['wait', 'warn'],
  Idle: ['ring', 'none'],
  Stopped: ['stop', 'none'],
  // Jobs, and a run that has none yet.
  WAITING: ['wait', 'warn', 'Waiting'],
  QUEUED: ['wait', 'warn', 'Queued'],
  RUNNING: ['work', 'work', 'Running'],
  SUCCEEDED: ['check', 'ok', 'Succeeded'],
  FAILED: ['cross', 'bad', 'Failed'],
  TIMED_OUT: ['cross', 'bad', 'Timed out'],
  // Rows of the log.
  success: ['check', 'ok', 'Success'],
  failed: ['cross', 'bad', 'Failed'],
  refused: ['slash', 'bad', 'Refused'],
  served: ['check', 'ok', 'Served'],
  unknown: ['question', 'none', 'Unknown'],
  // Conditions.
  True: ['check', 'ok'],
  False: ['cross', 'bad'],
  Unknown: ['question', 'none'],
};

/** A word of the API as a mark; a word that this version does not know is shown as it is. */
export function State({ of, large = false, pill = false }: { of: string; large?: boolean; pill?: boolean }) {
  const [shape, tone, word] = LOOKS[of] ?? (['question', 'none'] as const);
  return (
    <Mark shape={shape} tone={tone} large={large} pill={pill}>
      {word ?? of}
    </Mark>
  );
}

/** A condition's status as the answer to a question. */
export function Standing({ of, large = false }: { of: string; large?: boolean }) {
  if (of === 'Unknown') return <State of={of} large={large} />;
  return (
    <Mark shape={of === 'True' ? 'check' : 'slash'} tone={of === 'True' ? 'ok' : 'bad'} large={large}>
      {of === 'True' ? 'Yes' : 'No'}
    </Mark>
  );
}

/** True, false, or unknown with its reason. */
export function Answer({ is, yes, no, reason }: { is: boolean | null; yes: string; no: string; reason?: string | null }) {
  const mark =
    is === null ? (
      <Mark shape="question" tone="none">
        Unknown
      </Mark>
    ) : is ? (
      <Mark shape="check" tone="ok">
        {yes}
      </Mark>
    ) : (
      <Mark shape="slash" tone="bad">
        {no}
      </Mark>
    );
  return (
    <div>
      {mark}
      {reason && is !== true ? <div className="why">{reason}</div> : null}
    </div>
  );
}

/** What nobody knows, and why. Never a 0 and never an empty place. */
export function UnknownBecause({ reason }: { reason: string | null | undefined }) {
  return (
    <div>
      <Mark shape="question" tone="none">
        Unknown
      </Mark>
      <div className="why">{reason ?? 'the API gave no reason'}</div>
    </div>
  );
}
