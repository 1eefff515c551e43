// Pages as a signed-in viewer sees them in one state. In: a namespace with a Bot. Out: a picture of each in SCREENSHOTS.
import { given, open, signIn, withBrowser } from './browser.mjs';

const desk = given('NAMESPACE');
/** Addresses, each with a text that is there once the page is whole. */
const PAGES = {
  overview: ['/observatory', 'Readiness by Bot'],
  connections: ['/observatory/connections', 'Databento'],
  drawer: [`/observatory/connections/${desk}/databento`, 'Verification history'],
  bots: ['/bots', given('BOT')],
  bot: [`/bots/${desk}/${given('BOT')}`, 'Conditions'],
  runbook: ['/runbook/INTEGRATION_KEY_MISSING', 'Beside it'],
};

await withBrowser(async (browser) => {
  const { page } = await open(browser);
  await signIn(page, given('VIEWER_TOKEN'));
  for (const [name, [path, sign]] of Object.entries(PAGES)) {
    await page.goto(path);
    await page.getByText(`system:serviceaccount:${desk}:viewer`).waitFor();
    await page.getByText(sign).first().waitFor();
    await page.locator('.loading').first().waitFor({ state: 'detached' });
    // What fades in is there then; nothing else is waited for.
    await page.waitForTimeout(250);
    await page.screenshot({ path: `${given('SCREENSHOTS')}/${name}-${given('STATE')}.png`, fullPage: name !== 'drawer' });
  }
});
