// The story of a vendor, by clicking alone: blocked, keys set, connected, used, degraded, broken at the vendor, mended. In: a namespace with five
// Bots and an Integration without a key. Out: nothing, or what was seen instead.
import { accessible, given, open, signIn, step, sure, withBrowser } from './browser.mjs';
import { fail, mend, refuseTheKey } from './vendor.mjs';

const here = `${given('NAMESPACE')}/databento`;
const ours = () => `system:serviceaccount:${given('NAMESPACE')}`;
const readiness = (page) => page.getByRole('table', { name: 'Readiness of each Bot' }).getByRole('row').filter({ hasText: `${given('NAMESPACE')}/eurusd-breakout` });
const drawer = (page) => page.getByRole('dialog');
const state = (page) => drawer(page).getByRole('region', { name: 'State' });
const verify = (page) => drawer(page).getByRole('button', { name: 'Verify', exact: true });

await withBrowser(async (browser) => {
  const { page, context, troubles } = await open(browser);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);

  await step('nobody sees anything without signing in', async () => {
    await page.goto('/bots');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await accessible(page, 'sign-in');
    await page.getByLabel('Kubernetes token').fill('nobody');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('alert').waitFor();
  });

  await step('who signs in is named, and the token stays nowhere', async () => {
    const token = given('TRADER_TOKEN');
    await signIn(page, token);
    await page.getByText(`${ours()}:trader`).waitFor();
    await nowhere(page, context, token);
  });

  await step('the Overview says what blocks, and leads to where it is mended', async () => {
    await page.getByLabel('Summary').getByText('BLOCKED').waitFor();
    await readiness(page).getByText('BLOCKED', { exact: true }).waitFor();
    const blocker = page.getByRole('region', { name: /^Blockers/ }).getByRole('listitem').filter({ hasText: here });
    await blocker.getByText('INTEGRATION_KEY_MISSING').first().waitFor();
    await accessible(page, 'overview, blocked');
    await blocker.getByRole('link', { name: 'Connect databento' }).first().click();
    await drawer(page).waitFor();
    await state(page).getByText('Not configured').waitFor();
    sure(page.url().endsWith(`/observatory/connections/${given('NAMESPACE')}/databento`), `the drawer's address is ${page.url()}`);
    await accessible(page, 'drawer, not configured');
  });

  await step('a name is copied, the key set, and the vendor accepts it', async () => {
    await drawer(page).getByRole('button', { name: 'Copy: DATABENTO_API_KEY' }).click();
    sure((await page.evaluate(() => navigator.clipboard.readText())) === 'DATABENTO_API_KEY', 'the name was not copied');
    await drawer(page).getByRole('textbox', { name: 'DATABENTO_API_KEY' }).fill(given('KEY'));
    await drawer(page).getByRole('button', { name: 'Set keys' }).click();
    await drawer(page).getByText('Written to the Secret').waitFor();
    await state(page).getByText('Connected', { exact: true }).waitFor();
    await nowhere(page, context, given('KEY'));
  });

  await step('a Bot’s job uses it, and the event is there with its trace', async () => {
    const used = drawer(page).locator('tr', { hasText: 'eurusd-breakout' }).or(drawer(page).locator('tr', { hasText: 'cross' }));
    await used.first().waitFor();
    const trace = await used.first().locator('code[title]').last().getAttribute('title');
    sure(/^[0-9a-f-]{36}$/.test(trace ?? ''), `the event has no trace but ${trace}`);
    await drawer(page).getByRole('img', { name: /uses by Bots/ }).waitFor();
    await accessible(page, 'drawer, connected');
    await page.keyboard.press('Escape');
    await drawer(page).waitFor({ state: 'detached' });
    await page.getByRole('row').filter({ hasText: here }).getByText('Connected', { exact: true }).waitFor();
    await accessible(page, 'connections');
    await page.getByRole('link', { name: 'Overview' }).click();
    await readiness(page).getByText('BLOCKED', { exact: true }).waitFor({ state: 'detached' });
  });

  await step('a viewer sees five Bots that cycle, each with what its last cycle proves', async () => {
    const { page: viewers, troubles: theirs, context: own } = await open(browser);
    await signIn(viewers, given('VIEWER_TOKEN'));
    await viewers.getByText(`${ours()}:viewer`).waitFor();
    await viewers.getByRole('link', { name: 'Bots', exact: true }).first().click();
    await viewers.getByRole('searchbox', { name: 'Search' }).fill(given('NAMESPACE'));
    await viewers.getByText(/^5 of [\d,]+ shown$/).waitFor();
    const rows = viewers.getByRole('row').filter({ has: viewers.getByRole('link', { name: /^(eurusd|spx|mes|mnq)-/ }) });
    for (let one = 0; one < 5; one++) await rows.nth(one).getByText('Market data proven').waitFor({ state: 'attached' });
    sure((await rows.filter({ hasText: 'LAB' }).count()) === 5, 'not all of them are in LAB');
    await picture(viewers, 'bots-as-a-viewer');
    sure(theirs.length === 0, theirs.join('\n'));
    await own.close();
  });

  await step('the vendor fails, and the Integration is degraded', async () => {
    await fail();
    await page.goto(`/observatory/connections/${given('NAMESPACE')}/databento`);
    await verify(page).click();
    await state(page).getByText('Degraded', { exact: true }).waitFor();
    await state(page).getByText('PROVIDER_ERROR').first().waitFor();
    await accessible(page, 'drawer, degraded');
    await mend();
  });

  await step('the key is broken at the vendor, and the Integration is not connected', async () => {
    await refuseTheKey();
    await verify(page).click();
    await state(page).getByText('Not connected', { exact: true }).waitFor();
    await state(page).getByText('PROVIDER_AUTH').first().waitFor();
    await accessible(page, 'drawer, not connected');
  });

  await step('it is mended at the vendor, and connected again', async () => {
    await mend();
    await drawer(page).getByRole('button', { name: 'I’ve set the secrets: verify' }).click();
    await state(page).getByText('Connected', { exact: true }).waitFor();
    await nowhere(page, context, given('KEY'));
  });

  sure(troubles.length === 0, troubles.join('\n'));
});

/** A picture, where somebody wants some. */
async function picture(page, name) {
  const folder = process.env.SCREENSHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

/** A secret is in no text, field, storage or readable cookie of the page. */
async function nowhere(page, context, secret) {
  const places = await page.evaluate(() => [
    document.documentElement.outerHTML,
    JSON.stringify(localStorage),
    JSON.stringify(sessionStorage),
    document.cookie,
    ...[...document.querySelectorAll('input')].map((input) => input.value),
  ]);
  places.push(JSON.stringify(await context.storageState()));
  sure(!places.some((place) => place.includes(secret)), 'a secret is left in the page');
}
