// Pages as a signed-in viewer sees them in one state. In: a namespace with a Bot. Out: a picture of each in SCREENSHOTS.
import { given, open, signIn, withBrowser } from './browser.mjs';

const desk = given('NAMESPACE');
const PAGES = {
  overview: '/observatory',
  connections: '/observatory/connections',
  drawer: `/observatory/connections/${desk}/databento`,
  bots: '/bots',
  bot: `/bots/${desk}/${given('BOT')}`,
  runbook: '/runbook',
  'runbook-entry': '/runbook/INTEGRATION_KEY_MISSING',
};

await withBrowser(async (browser) => {
  const { page } = await open(browser);
  await signIn(page, given('VIEWER_TOKEN'));
  for (const [name, path] of Object.entries(PAGES)) {
    await page.goto(path);
    await page.getByText(`system:serviceaccount:${desk}:viewer`).waitFor();
    await page.locator('.loading').first().waitFor({ state: 'detached' });
    // What fades in is there then; nothing else is waited for.
    await page.waitForTimeout(250);
    await page.screenshot({ path: `${given('SCREENSHOTS')}/${name}-${given('STATE')}.png`, fullPage: name !== 'drawer' });
  }
});
