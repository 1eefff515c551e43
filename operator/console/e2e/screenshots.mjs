// Every page in every state, light and dark, wide and narrow. In: a world in which nothing works yet. Out: pictures in SCREENSHOTS.
import { mkdirSync } from 'node:fs';
import { given, open, signIn, step, withBrowser } from './browser.mjs';
import { looks } from './looks.mjs';
import { fail, mend } from './vendor.mjs';

const folder = given('SCREENSHOTS');
mkdirSync(folder, { recursive: true });
const desk = given('NAMESPACE');
const vendor = `/observatory/connections/${desk}/databento`;
const searcher = `/bots/${desk}/spx-cross`;
// It trades a market for which there is something better.
const finder = `/bots/${desk}/trend-cross`;
const PAGES = {
  overview: '/observatory',
  connections: '/observatory/connections',
  drawer: vendor,
  'drawer-no-integration': '/observatory/connections/-/fred',
  bots: '/bots',
  'bots-none-like-that': '/bots?q=nothing-like-this',
  bot: `/bots/${desk}/eurusd-breakout`,
  autonomy: '/autonomy',
  policies: '/policies',
  audit: '/audit',
  runbook: '/runbook',
  'runbook-entry': '/runbook/INTEGRATION_KEY_MISSING',
  nothing: '/no-such-page',
};

await withBrowser(async (browser) => {
  const people = [];
  for (const [look, options] of looks(true)) people.push([look, await open(browser, options)]);

  const all = async (state, pages) => {
    for (const [look, { page }] of people) {
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(path);
        await page.locator('h1').first().waitFor();
        await page.locator('.loading').first().waitFor({ state: 'detached' });
        // What fades in is there then; nothing else is waited for.
        await page.waitForTimeout(250);
        await page.screenshot({ path: `${folder}/${name}-${state}-${look}.png`, fullPage: !name.startsWith('drawer') });
      }
    }
  };
  // A part of the page, as long as it is and without what stands above it.
  const cut = async (page, part, name) => {
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true, clip: await part.boundingBox() });
  };
  const searched = async (look, page) => {
    await page.goto(searcher);
    const lineage = page.getByRole('region', { name: 'Lineage of its strategies' });
    await lineage.getByRole('table').waitFor();
    await cut(page, lineage, `bot-lineage-${look}`);
    const walk = page.locator('li', { has: page.locator('summary', { hasText: /^Walk forward \d+ tests$/ }) }).first();
    await walk.locator('summary', { hasText: /^Walk forward/ }).click();
    await walk.getByRole('table', { name: /^Walk forward of/ }).waitFor();
    await cut(page, walk, `bot-walk-forward-${look}`);
  };
  const found = async (look, page) => {
    await page.goto(finder);
    const lineage = page.getByRole('region', { name: 'Lineage of its strategies' });
    await lineage.getByRole('table').waitFor();
    await cut(page, lineage, `bot-candidate-${look}`);
    const search = page.locator('li', { hasText: 'A challenger' }).last();
    await search.locator('summary', { hasText: /^Gates/ }).click();
    await search.getByRole('table', { name: /^Gates of/ }).waitFor();
    await cut(page, search, `bot-challenger-${look}`);
  };
  const only = (...names) => Object.fromEntries(names.map((name) => [name, PAGES[name]]));

  await step('signing in', () => all('signed-out', { 'sign-in': '/sign-in' }));
  for (const [, { page }] of people) await signIn(page, given('STRANGER_TOKEN'));
  await step('somebody without rights', () => all('forbidden', only('overview', 'bots', 'autonomy')));
  for (const [, { page }] of people) await signIn(page, given('TRADER_TOKEN'));
  await step('before the key is set', () => all('blocked', only('overview', 'connections', 'drawer', 'drawer-no-integration', 'bots', 'bot')));
  await step('a key is set', async () => {
    const [[, { page }]] = people;
    await page.goto(vendor);
    await page.getByRole('textbox', { name: 'DATABENTO_API_KEY' }).fill(given('KEY'));
    await page.getByRole('button', { name: 'Set keys' }).click();
    await page.getByText('Written to the Secret').waitFor();
    await page.locator('tr', { hasText: 'eurusd-breakout' }).first().waitFor();
  });
  await step('a Bot searches', async () => {
    const [[, { page }]] = people;
    await page.goto(`${searcher}#lineage`);
    const [walk, drawn] = [page.locator('summary', { hasText: /^Walk forward \d+ tests$/ }), page.getByText(/^and \d+ more$/)];
    // What a search found is asked for when a page is opened, and slowly afterwards.
    while (!((await walk.count()) > 0 && (await drawn.count()) > 0)) {
      await page.waitForTimeout(2_000);
      await page.reload();
      await page.getByRole('heading', { name: 'Lineage of its strategies' }).waitFor();
      await page.locator('.loading').first().waitFor({ state: 'detached' });
    }
    for (const [look, options] of people) await searched(look, options.page);
  });
  await step('a Bot finds something better', async () => {
    const [[, { page }]] = people;
    await page.goto(finder);
    await page.getByRole('region', { name: 'Lineage of its strategies' }).getByText(/^\d+ candidates?$/).waitFor();
    for (const [look, options] of people) await found(look, options.page);
  });
  await step('everything works', () => all('working', PAGES));
  await step('the vendor fails', async () => {
    await fail();
    const [[, { page }]] = people;
    await page.goto(vendor);
    await page.getByRole('dialog').getByRole('button', { name: 'Verify', exact: true }).click();
    await page.getByRole('region', { name: 'State' }).getByText('Degraded', { exact: true }).waitFor();
    await all('degraded', only('overview', 'connections', 'drawer', 'bots'));
    await mend();
  });
  await step('no network', async () => {
    for (const [look, { page, context }] of people) {
      await page.goto('/observatory');
      await page.getByLabel('Summary').waitFor();
      await context.setOffline(true);
      await page.getByText('Stale').first().waitFor();
      await page.screenshot({ path: `${folder}/overview-offline-${look}.png` });
    }
  });
});
