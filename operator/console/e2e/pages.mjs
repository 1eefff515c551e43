// Every page as people of different rights see it. In: Bots that work, one of which wrote a script. Out: nothing, or what was wrong.
import { accessible, fits, given, open, signIn, step, sure, withBrowser } from './browser.mjs';

const LOOKS = [
  ['a wide light screen', {}],
  ['a narrow dark one', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' }],
];

await withBrowser(async (browser) => {
  for (const [what, options] of LOOKS) {
    await step(`a viewer reads every page on ${what}`, async () => {
      const { page, troubles, context } = await open(browser, options);
      await signIn(page, given('VIEWER_TOKEN'));
      for (const [path, sign] of pages()) {
        await page.goto(path);
        await page.getByText(sign).first().waitFor();
        await page.locator('.loading').first().waitFor({ state: 'detached' });
        await accessible(page, `${path} on ${what}`);
        await fits(page, `${path} on ${what}`);
      }
      sure(!(await page.evaluate(() => 'hacked' in window)), 'a script that a Bot wrote was run');
      sure(troubles.length === 0, troubles.join('\n'));
      await context.close();
    });
  }

  await step('a viewer who tries to change something is told the right that is missing', async () => {
    const { page, context } = await open(browser);
    await signIn(page, given('VIEWER_TOKEN'));
    await page.goto(`/observatory/connections/${given('NAMESPACE')}/databento`);
    await page.getByRole('dialog').getByRole('button', { name: 'Verify', exact: true }).click();
    await page.getByRole('alert').getByText('NOT_ALLOWED').waitFor();
    await page.getByRole('alert').getByText('kubectl').first().waitFor();
    await context.close();
  });

  await step('what a backtest computed is drawn, and each row behind it has an address of its own', async () => {
    const { page, troubles, context } = await open(browser);
    await signIn(page, given('VIEWER_TOKEN'));
    await page.goto(bot());
    await page.getByText('Equity, drawdown and trades').first().click();
    await page.getByRole('img', { name: /^Equity from/ }).waitFor();
    await page.getByRole('img', { name: /bars from .* trades on them/ }).waitFor();
    await page.getByText('Bars as a table').click();
    await page.getByRole('table', { name: 'Bars' }).waitFor();
    await accessible(page, 'a report');
    await page.getByRole('link', { name: 'of its trace' }).first().click();
    await page.getByRole('button', { name: /open the row/ }).first().click();
    await page.getByRole('link', { name: 'This row at an address of its own' }).click();
    await page.getByRole('heading', { name: 'Row of the log' }).waitFor();
    await page.getByText('trace_id').first().waitFor();
    sure(troubles.length === 0, troubles.join('\n'));
    await context.close();
  });

  await step('who was made from whom over all searches is drawn, and each strategy leads to its search with its walk forward', async () => {
    for (const [what, options] of LOOKS) {
      const { page, troubles, context } = await open(browser, options);
      await signIn(page, given('VIEWER_TOKEN'));
      await page.goto(searcher());
      const lineage = page.getByRole('region', { name: 'Lineage of its strategies' });
      await lineage.getByRole('img', { name: /^\d+ strategies; number/ }).waitFor();
      await lineage.getByText('Earlier trials of this lineage: SPX, smaCross').waitFor();
      const rows = lineage.getByRole('table', { name: 'Strategies and their descent' }).getByRole('row');
      await rows.filter({ hasText: 'the Bot’s own' }).filter({ hasText: /and \d+ more/ }).waitFor();
      await rows.filter({ hasText: /IMPROVE: step/ }).filter({ hasText: /from \d+/ }).first().waitFor();
      await rows.filter({ hasText: /EVOLVE: / }).first().waitFor();
      await rows.filter({ hasText: 'the best of its search, and refused' }).or(rows.filter({ hasText: 'a candidate' })).first().waitFor();
      await accessible(page, `a lineage on ${what}`);
      const link = rows.getByRole('link', { name: /^(IMPROVE|EVOLVE)/ }).first();
      await link.focus();
      await page.keyboard.press('Enter');
      await page.locator('li:target').getByText(/trials · SPX smaCross/).waitFor();
      await page.locator('summary', { hasText: /^Walk forward \d+ tests$/ }).first().click();
      await page.getByRole('img', { name: /tests of the walk forward; \d+ earned something/ }).first().waitFor();
      await page.getByRole('table', { name: /^Walk forward of/ }).first().waitFor();
      await accessible(page, `a walk forward on ${what}`);
      await fits(page, `a lineage on ${what}`);
      sure(troubles.length === 0, troubles.join('\n'));
      await context.close();
    }
  });

  await step('a Bot that has searched for nothing says so in its lineage', async () => {
    const { page, context } = await open(browser);
    await signIn(page, given('VIEWER_TOKEN'));
    await page.goto(bot());
    await page.getByText('Nothing descends from its own strategy yet').waitFor();
    await page.getByText('Equity, drawdown and trades').first().click();
    await page.getByText('No search of this cycle has reported.').waitFor();
    await context.close();
  });

  await step('the report of a backtest is one document that runs and loads nothing', async () => {
    for (const colorScheme of ['light', 'dark']) {
      const { page, context } = await open(browser, { colorScheme });
      await signIn(page, given('VIEWER_TOKEN'));
      await page.goto(bot());
      const [document] = await Promise.all([context.waitForEvent('page'), page.getByRole('link', { name: 'Report' }).first().click()]);
      const asked = [];
      document.on('request', (request) => asked.push(request.url()));
      const answer = await document.reload();
      sure(/^default-src 'none';/.test(answer.headers()['content-security-policy']), 'the report has no policy');
      await document.getByRole('heading', { name: `Backtest of ${given('NAMESPACE')}/eurusd-breakout` }).waitFor();
      for (const drawn of [/^Equity from/, /^Deepest fall/, /buckets of bars from/]) await document.getByRole('img', { name: drawn }).waitFor();
      await accessible(document, `a report as one document, ${colorScheme}`);
      sure(!(await document.evaluate(() => 'hacked' in window)), 'a script that a Bot wrote was run');
      sure(asked.every((url) => url === document.url()), `the report asked for ${asked.join(', ')}`);
      await context.close();
    }
  });

  await step('who may hold a Bot does and lets it go on; who may not is told so', async () => {
    const { page, context } = await open(browser);
    await signIn(page, given('TRADER_TOKEN'));
    await page.goto(bot());
    await page.getByRole('button', { name: 'Hold' }).click();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Hold' }).waitFor();
    await signIn(page, given('VIEWER_TOKEN'));
    await page.goto(bot());
    await page.getByText('You may not').first().waitFor();
    for (const action of ['Run now', 'Hold', 'Reset…']) {
      if (await page.getByRole('button', { name: action }).isEnabled()) throw new Error(`a viewer may ${action}`);
    }
    await page.getByText('You may not').first().click();
    await page.getByText('NOT_ALLOWED').first().waitFor();
    await accessible(page, 'may not');
    await context.close();
  });

  await step('who may see nothing is told which right is missing', async () => {
    const { page, context } = await open(browser);
    await signIn(page, given('STRANGER_TOKEN'));
    await page.getByText('You may not see').first().waitFor();
    await page.getByText('kubectl create clusterrole').first().waitFor();
    await accessible(page, 'forbidden');
    await fits(page, 'forbidden');
    await page.goto('/no-such-page');
    await page.getByRole('heading', { name: 'Nothing is here' }).waitFor();
    await accessible(page, 'nothing is here');
    await context.close();
  });

  await step('without a network the page says so and keeps what it has', async () => {
    const { page, context } = await open(browser);
    await signIn(page, given('VIEWER_TOKEN'));
    await page.getByLabel('Summary').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await context.setOffline(true);
    await page.getByText('Offline').waitFor();
    await page.getByText('Stale').first().waitFor();
    await page.getByText('Stale').first().waitFor();
    await page.getByLabel('Summary').waitFor();
    await context.close();
  });

  await step('a keyboard alone reaches the drawer and comes back', async () => {
    const { page, context } = await open(browser);
    await signIn(page, given('VIEWER_TOKEN'));
    await page.goto('/observatory/connections');
    const link = page.getByRole('row', { name: /Databento/ }).getByRole('link', { name: 'Databento', exact: true });
    await link.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    sure(await link.evaluate((it) => it === document.activeElement), 'the focus did not come back to the link');
    await context.close();
  });
});

function bot() {
  return `/bots/${given('NAMESPACE')}/eurusd-breakout`;
}

/** The Bot that the suite has let search. */
function searcher() {
  return `/bots/${given('NAMESPACE')}/spx-cross`;
}

/** Addresses, each with a text that is there once the page is whole. */
function pages() {
  return [
    ['/sign-in', 'Where do I get one?'],
    ['/observatory', 'Readiness by Bot'],
    ['/observatory/connections', 'Databento'],
    [`/observatory/connections/${given('NAMESPACE')}/databento`, 'Verification history'],
    ['/bots', 'eurusd-breakout'],
    ['/bots?q=eur&state=', '1 of 5 shown'],
    [bot(), 'Rows of the log'],
    ['/autonomy', 'Planner runs'],
    ['/policies', 'Binds'],
    ['/audit', 'Download as CSV'],
    ['/runbook', 'Keys of each provider'],
    ['/runbook/PROVIDER_AUTH', 'Who has the account at the vendor.'],
  ];
}
