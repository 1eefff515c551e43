// The six gates. In: the API's gates by name. Out: each with its reason and what it rests on. Pure.
import type { Schemas } from '../api/client';
import { EvidenceList } from './evidence';
import { Mark } from '../parts/mark';
import { Reason } from '../parts/reason';

type Gate = Schemas['GateAnswer'];

const NAMES: readonly (readonly [key: string, title: string])[] = [
  ['dataFeedsHealthy', 'Data feeds healthy'],
  ['brokerConnected', 'Broker connected'],
  ['llmConnected', 'Language model connected'],
  ['supervisorLoopActive', 'Supervisor loop active'],
  ['timeoutWorkerActive', 'Timeout worker active'],
  ['riskEngineConnected', 'Risk engine connected'],
];

/** The gates, always in the same order. */
export function Gates({ gates }: { gates: Record<string, Gate> }) {
  return (
    <section aria-labelledby="gates">
      <h2 id="gates">Gates</h2>
      <ul className="gates">
        {NAMES.map(([key, title]) => (
          <li key={key} className="card">
            <h3>
              {title} <code className="muted">{key}</code>
            </h3>
            <GateBody gate={gates[key]} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function GateBody({ gate }: { gate: Gate | undefined }) {
  if (!gate) return <p className="why">The API does not tell of this gate.</p>;
  return (
    <>
      <GateMark gate={gate} />
      <p>{gate.reason}</p>
      <p className="why">
        <Reason code={gate.reason_code} /> · {gate.required ? 'required' : 'required by nothing'}
      </p>
      <EvidenceList evidence={gate.evidence} />
    </>
  );
}

function GateMark({ gate: { ok, required } }: { gate: Gate }) {
  if (ok === true) {
    return (
      <Mark shape="check" tone="ok">
        Open
      </Mark>
    );
  }
  if (ok === false) {
    return (
      <Mark shape="cross" tone="bad">
        Closed
      </Mark>
    );
  }
  return (
    <Mark shape={required ? 'question' : 'dash'} tone="none">
      {required ? 'Unknown' : 'Not required'}
    </Mark>
  );
}
