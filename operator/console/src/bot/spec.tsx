// What a Bot was asked to be. In: its spec. Out: the same as text that can be copied. Pure.
import type { Schemas } from '../api/client';
import { Code } from '../parts/copy';

/** The spec, folded. */
export function Spec({ bot }: { bot: Schemas['OneBot'] }) {
  const behind = bot.generation !== null && bot.observedGeneration !== bot.generation;
  return (
    <section aria-labelledby="spec">
      <h2 id="spec">Spec</h2>
      {behind ? <p className="notice tone-warn">The controller has not looked at this version of the spec yet.</p> : null}
      <details>
        <summary>
          Generation <span className="num">{bot.generation ?? 'unknown'}</span>
        </summary>
        <Code text={JSON.stringify(bot.spec, null, 2)} label="spec of the Bot" />
      </details>
    </section>
  );
}
