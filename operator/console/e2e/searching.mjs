// A page that is open while its Bot searches. In: a Bot that has just begun to. Out: nothing, or what did not come by itself.
import { given, open, signIn, step, withBrowser } from './browser.mjs';

await withBrowser(async (browser) => {
  const { page } = await open(browser);
  await signIn(page, given('VIEWER_TOKEN'));
  await page.goto(`/bots/${given('NAMESPACE')}/spx-cross`);
  const searches = page.getByRole('region', { name: 'Searches for something better' }).locator('li[id^="search-"]');
  const lineage = page.getByRole('region', { name: 'Lineage of its strategies' });
  await lineage.getByText('Nothing descends from its own strategy yet').or(lineage.getByRole('table')).first().waitFor();
  await step('each search is told by itself, with the strategies that it adds', async () => {
    const there = await searches.count();
    await searches.nth(there).waitFor();
    // The Bot's own strategy leads to the newest search, and a page asks by itself much later.
    await lineage.locator(`a[href="#${await searches.first().getAttribute('id')}"]`).first().waitFor({ timeout: 20_000 });
    await searches.nth(there + 1).waitFor();
  });
});
