// What a person sees before there is a Bot. In: an Integration without a key, and nothing else. Out: nothing, or what was seen instead; pictures,
// where somebody wants some.
import { mkdirSync } from 'node:fs';
import { accessible, fits, given, open, signIn, step, sure, withBrowser } from './browser.mjs';
import { looks } from './looks.mjs';

const folder = process.env.SCREENSHOTS;
if (folder) mkdirSync(folder, { recursive: true });
const PAGES = [
  ['overview', '/observatory', 'There is no Bot that you may read.'],
  ['bots', '/bots', 'There is no Bot that you may read.'],
  ['autonomy', '/autonomy', 'There is no Bot that you may read.'],
];

await withBrowser(async (browser) => {
  for (const [look, options] of looks(folder)) {
    await step(`before there is a Bot every page says so, ${look}`, async () => {
      const { page, troubles, context } = await open(browser, options);
      await signIn(page, given('TRADER_TOKEN'));
      for (const [name, path, says] of PAGES) {
        await page.goto(path);
        await page.getByText(says).first().waitFor();
        await page.locator('.loading').first().waitFor({ state: 'detached' });
        await accessible(page, `${name} without a Bot`);
        await fits(page, `${name} without a Bot`);
        if (folder) await page.screenshot({ path: `${folder}/${name}-empty-${look}.png`, fullPage: true });
      }
      await page.goto('/bots');
      await page.getByRole('link', { name: 'Connect a vendor' }).click();
      await page.getByRole('table', { name: 'Connections' }).waitFor();
      sure(troubles.length === 0, troubles.join('\n'));
      await context.close();
    });
  }
});
