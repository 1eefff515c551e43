// Kinds of vendors as people call them. In: the API's word. Out: ours. Pure.
const WORDS: Record<string, string> = {
  marketData: 'Market data',
  macro: 'Macro',
  optionsFlow: 'Options flow',
  news: 'News',
  ai: 'AI',
  broker: 'Broker',
  notification: 'Notification',
  storage: 'Storage',
};

/** The word; one that is not known is shown as it is. */
export const categoryWord = (category: string) => WORDS[category] ?? category;
