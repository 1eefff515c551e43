import { given, open, signIn, withBrowser } from './browser.mjs';
import { mkdirSync } from 'node:fs';
const out = given('SCREENSHOTS'); mkdirSync(out, { recursive: true });
const paths = process.argv[2] ? process.argv[2].split(',') : ['/observatory', '/observatory/connections', '/observatory/connections/desk/databento', '/autonomy'];
await withBrowser(async (browser) => {
  for (const [name, o] of [['light', {}], ['narrow', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' }]]) {
    const { page, troubles } = await open(browser, o);
    page.setDefaultTimeout(6000);
    await page.goto('/sign-in'); await page.waitForTimeout(300); await page.screenshot({ path: `${out}/${name}-sign-in.png` });
    await signIn(page, given('TRADER_TOKEN'));
    for (const p of paths) { await page.goto(p); await page.waitForTimeout(1500); await page.screenshot({ path: `${out}/${name}${p.replaceAll('/', '-')}.png`, fullPage: !p.includes('desk/') }); }
    console.error(troubles);
  }
});
