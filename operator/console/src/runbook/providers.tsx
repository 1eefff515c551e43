// Which keys each vendor needs. In: the registry. Out: a list, each vendor's keys folded away. Pure.
import { categoryWord } from '../observatory/category';
import { Keys } from '../parts/keys';
import type { Runbook } from './found';

type Provider = Runbook['providers'][number];

/** The vendors. */
export function Providers({ providers }: { providers: Provider[] }) {
  return (
    <section aria-labelledby="keys">
      <h2 id="keys">Keys of each provider</h2>
      <div className="stack-close">
        {providers.map((provider) => (
          <One key={provider.provider} provider={provider} />
        ))}
      </div>
    </section>
  );
}

function One({ provider }: { provider: Provider }) {
  return (
    <details className="card" id={`provider-${provider.provider}`}>
      <summary>
        <strong>{provider.title}</strong> <span className="muted">{categoryWord(provider.category)}</span>
      </summary>
      <p>{provider.plan}</p>
      {provider.supports_verify ? null : <p className="why">It has no harmless call that would prove a key: the first call of a Bot does.</p>}
      <Keys hints={provider.hints} />
    </details>
  );
}
