// Whether Bots work by themselves as often as their policy says. In: GET /api/_proof/autonomy. Out: the verdict, what was missed and
// why, each Bot's slots, the planner's own runs.
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../api/client';
import { autonomyQuery } from '../api/queries';
import { Loaded } from '../parts/loaded';
import { PageHead } from '../parts/page';
import { State, UnknownBecause } from '../parts/states';
import { When } from '../parts/when';
import { Cadence } from './cadence';
import { JobsChart } from './jobs-chart';
import { Missed } from './missed';
import { PlannerRuns } from './planner-runs';

type Autonomy = Schemas['AutonomyAnswer'];

/** The page. */
export default function Page() {
  return (
    <>
      <PageHead title="Autonomy" about="Every slot of every Bot’s cadence is either a job or a reason. A silent slot fails the verdict." />
      <Loaded query={useQuery(autonomyQuery)} what="the proof of autonomy">
        {(proof) => (
          <div className="stack">
            <Summary proof={proof} />
            <Missed proof={proof} />
            <section aria-labelledby="hours">
              <h2 id="hours">Jobs and calls over time</h2>
              <JobsChart buckets={proof.buckets} />
            </section>
            <Cadence proof={proof} />
            <PlannerRuns runs={proof.planner_runs} total={proof.planner_runs_total} />
          </div>
        )}
      </Loaded>
    </>
  );
}

const SAYS: Record<Autonomy['verdict'], string> = {
  PASS: 'Every slot that was due is a job, or has a reason.',
  FAIL: 'Slots were missed in silence, or jobs were not made that had to be.',
  UNKNOWN: 'What was due cannot be told yet.',
};

function Summary({ proof }: { proof: Autonomy }) {
  return (
    <section className="summary" aria-label="Summary">
      <div className={`card headline headline-${{ PASS: 'OK', FAIL: 'BLOCKED', UNKNOWN: 'DEGRADED' }[proof.verdict]}`}>
        <h2>Verdict</h2>
        <State of={proof.verdict} large />
        <p>{SAYS[proof.verdict]}</p>
        <p className="why">
          Since <When at={proof.since} /> · read <When at={proof.generated_at} />
        </p>
      </div>
      <div className="card">
        <h2>Slots filled</h2>
        {proof.slots_expected === null || proof.slots_filled === null ? (
          <UnknownBecause reason="slots cannot be counted before a Bot is due" />
        ) : (
          <p className="big num">
            {proof.slots_filled.toLocaleString('en')} <span className="muted">of {proof.slots_expected.toLocaleString('en')} due</span>
          </p>
        )}
      </div>
      <div className="card">
        <h2>Jobs</h2>
        <p className="big num">
          {proof.jobs_created.toLocaleString('en')} <span className="muted">made of {proof.jobs_enqueued.toLocaleString('en')} planned</span>
        </p>
      </div>
    </section>
  );
}
