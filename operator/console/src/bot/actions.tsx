// What a person may do to a Bot. In: the Bot, which says what this person may. Out: buttons that act with their own rights; what they may not
// do is shown as such, with the right that is missing and the command that grants it.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, type Schemas } from '../api/client';
import { ProblemText, problemIn } from '../parts/loaded';
import { Mark } from '../parts/mark';
import { UnknownBecause } from '../parts/states';
import { ResetDialog } from './reset';
import { Run } from './run';

type Bot = Schemas['OneBot'];
type Allowed = NonNullable<Bot['actions']>[number];
type Action = Allowed['action'];

/** The buttons, and what came of the run that was last asked for. */
export function Actions({ bot }: { bot: Bot }) {
  const client = useQueryClient();
  const [asksReset, setAsksReset] = useState(false);
  const key = ['bot', bot.namespace, bot.name];
  const act = useMutation({
    mutationFn: (action: Action) => {
      const path = { params: { path: { namespace: bot.namespace, name: bot.name } } };
      return answerOf(api.POST(`/api/bots/{namespace}/{name}/${action}`, path));
    },
    onSuccess: (changed) => {
      client.setQueryData(key, changed);
    },
    // What came of it is shown at once, and does not wait for the page to be read anew.
    onSettled: () => {
      setAsksReset(false);
      void client.invalidateQueries({ queryKey: key });
    },
  });
  const held = bot.stop.bot !== 'None';
  const button = (action: Action, word: string, onClick: () => void) => (
    <button
      type="button"
      className="button"
      disabled={act.isPending || bot.deleting || whyNot(bot, action) !== null}
      aria-busy={act.isPending && act.variables === action}
      onClick={onClick}
    >
      <span aria-live="polite">{act.isPending && act.variables === action ? 'Asking…' : word}</span>
    </button>
  );
  const ask = (action: Action) => () => {
    act.mutate(action);
  };
  return (
    <section aria-label="Actions">
      <div className="actions">
        {button('run', 'Run now', ask('run'))}
        {held ? button('resume', 'Resume', ask('resume')) : button('hold', 'Hold', ask('hold'))}
        {button('reset', 'Reset…', () => {
          setAsksReset(true);
        })}
        <span className="why">
          {held
            ? 'It begins no job, a run that is asked for neither. Once resumed it works again from its next slot on.'
            : 'Once held it begins no new job; one that is under way ends by itself.'}
        </span>
      </div>
      {bot.actions ? <Missing actions={bot.actions} held={held} /> : <UnknownBecause reason={bot.actionsReason} />}
      {act.error ? (
        <div role="alert" className="notice tone-bad">
          <ProblemText problem={problemIn(act.error)} />
        </div>
      ) : null}
      {bot.run ? <Run run={bot.run} /> : null}
      {asksReset ? (
        <ResetDialog
          bot={bot}
          busy={act.isPending}
          onReset={ask('reset')}
          onClose={() => {
            setAsksReset(false);
          }}
        />
      ) : null}
    </section>
  );
}

/** Why an action is not this person's; null where it is, or where nobody said that it is not. */
function whyNot({ actions }: Bot, action: Action): Allowed | null {
  return actions?.find((one) => one.action === action && !one.allowed) ?? null;
}

/** What this person may not do, once for each right that they lack. */
function Missing({ actions, held }: { actions: Allowed[]; held: boolean }) {
  const shown = actions.filter((one) => !one.allowed && one.action !== (held ? 'hold' : 'resume'));
  const byRight = new Map<string, Allowed[]>();
  for (const one of shown) byRight.set(one.message ?? '', [...(byRight.get(one.message ?? '') ?? []), one]);
  return [...byRight.entries()].map(([message, lacking]) => (
    <details key={message} className="notice lacking">
      <summary>
        <Mark shape="slash" tone="none">
          You may not {lacking.map((one) => one.action).join(' or ')} this Bot
        </Mark>
      </summary>
      <ProblemText
        problem={{ title: '', detail: message, status: 403, reasonCode: lacking[0]?.reasonCode ?? null, suggestedFix: lacking[0]?.suggestedFix ?? null, traceId: null }}
      />
    </details>
  ));
}
