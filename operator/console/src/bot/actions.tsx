// What a person may do to a Bot. In: the Bot. Out: a button that holds it or lets it go on, with the person's own rights; a refusal says
// which right is missing and the command that does the same.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api, type Schemas } from '../api/client';
import { ProblemText, problemIn } from '../parts/loaded';

type Bot = Schemas['OneBot'];

/** The buttons. */
export function Actions({ bot }: { bot: Bot }) {
  const client = useQueryClient();
  const path = { params: { path: { namespace: bot.namespace, name: bot.name } } };
  const held = bot.stop.bot !== 'None';
  const act = useMutation({
    mutationFn: () =>
      held
        ? answerOf(api.POST('/api/bots/{namespace}/{name}/resume', path))
        : answerOf(api.POST('/api/bots/{namespace}/{name}/hold', path)),
    // What came of it is shown at once, and does not wait for the page to be read anew.
    onSettled: () => void client.invalidateQueries({ queryKey: ['bot', bot.namespace, bot.name] }),
  });
  const word = held ? 'Resume' : 'Hold';
  return (
    <section aria-label="Actions" className="actions">
      <button
        type="button"
        className="button"
        disabled={act.isPending || bot.deleting}
        aria-busy={act.isPending}
        onClick={() => {
          act.mutate();
        }}
      >
        <span aria-live="polite">{act.isPending ? 'Asking…' : word}</span>
      </button>
      <span className="why">
        {held
          ? 'It begins no job. Once resumed it works again from its next slot on.'
          : 'Once held it begins no new job; one that is under way ends by itself.'}
      </span>
      {act.error ? (
        <div role="alert" className="notice tone-bad">
          <ProblemText problem={problemIn(act.error)} />
        </div>
      ) : null}
    </section>
  );
}
