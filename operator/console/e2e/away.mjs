// What a person sees while an answer is on its way, and while the database is away: pages that were open and pages that are opened then. In: Bots
// that work. Out: nothing, or what was seen instead; pictures, where somebody wants some.
import { accessible, fits, given, open, signIn, step, sure, withBrowser } from './browser.mjs';
import { giveBack, takeAway } from './database.mjs';
import { looks } from './looks.mjs';

const folder = process.env.SCREENSHOTS;
const PAGES = {
  overview: '/observatory',
  connections: '/observatory/connections',
  bots: '/bots',
  bot: `/bots/${given('NAMESPACE')}/eurusd-breakout`,
  autonomy: '/autonomy',
  audit: '/audit',
};

await withBrowser(async (browser) => {
  const people = [];
  for (const [look, options] of looks(folder)) {
    const one = await open(browser, options);
    await signIn(one.page, given('TRADER_TOKEN'));
    people.push([look, one]);
  }
  const seen = async (page, name) => {
    await accessible(page, name);
    await fits(page, name);
    if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
  };

  await step('what is on its way is told, and for how long already', async () => {
    for (const [look, { page }] of people) {
      await page.route(/\/api\/(?!session|events)/, () => new Promise(() => undefined));
      // All of them load in the same way; pictures are wanted of each.
      for (const [name, path] of Object.entries(PAGES).slice(folder ? 0 : 4)) {
        await page.goto(path, { waitUntil: 'commit' });
        await page.locator('main h1').waitFor();
        await page.locator('main').getByText(/^It takes longer than usual: \d+ s so far/).first().waitFor();
        await seen(page, `${name}-loading-${look}`);
      }
      await page.unrouteAll({ behavior: 'ignoreErrors' });
    }
  });

  const before = [];
  for (const path of [PAGES.bots, PAGES.autonomy]) {
    const one = await open(browser);
    await signIn(one.page, given('TRADER_TOKEN'));
    await one.page.goto(path);
    before.push(one);
  }
  const [bots, autonomy] = before;
  const rows = bots.page.getByRole('row').filter({ has: bots.page.getByRole('link', { name: /^(eurusd|spx|mes|mnq)-/ }) });
  await rows.filter({ hasText: 'Market data proven' }).first().waitFor({ state: 'attached' });
  await autonomy.page.getByRole('heading', { name: 'Planner runs' }).waitFor();
  takeAway();
  try {
    await step('Bots of a page that was open become unknown, with the reason', async () => {
      await rows.filter({ hasText: 'Market data proven' }).first().waitFor({ state: 'detached' });
      await rows.filter({ hasText: 'EVIDENCE_UNAVAILABLE' }).nth(4).waitFor();
    });
    await step('a page of rows that was open keeps them, and says how old they are', async () => {
      await autonomy.page.getByText('Stale').first().waitFor();
      await autonomy.page.getByRole('heading', { name: 'Planner runs' }).waitFor();
      await seen(autonomy.page, 'autonomy-stale');
    });
    await step('a page that is opened then says that the database is away', async () => {
      for (const [look, { page }] of people) {
        for (const [name, path] of Object.entries(PAGES)) {
          await page.goto(path, { waitUntil: 'commit' });
          await page.locator('main').getByText('EVIDENCE_UNAVAILABLE').first().waitFor();
          await seen(page, `${name}-away-${look}`);
        }
      }
    });
  } finally {
    giveBack();
  }
  await step('once it is back every page is whole again by itself', async () => {
    await rows.filter({ hasText: 'Market data proven' }).nth(4).waitFor({ state: 'attached' });
    await autonomy.page.getByText('Stale').first().waitFor({ state: 'detached' });
    for (const { page, troubles } of [...before, ...people.map(([, one]) => one)]) {
      await page.locator('main').getByText('EVIDENCE_UNAVAILABLE').first().waitFor({ state: 'detached' });
      sure(troubles.length === 0, troubles.join('\n'));
    }
  });
});
