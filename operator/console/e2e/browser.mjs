// A real Chromium over the console. In: the environment that the suite sets. Out: pages that count what a person must never see: errors
// of scripts, refusals of the content security policy, violations that axe finds.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const FLAGS = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** Longer than anything took; what is not there by then does not come. */
export const PATIENCE = 120_000;

/** A variable that the suite sets. */
export function given(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: the suite tests/suites/browser.rs sets it`);
  return value;
}

/** Where the console's host is if no DNS says so; it then has a certificate that nobody has signed. */
const ADDRESS = process.env.CONSOLE_ADDRESS;

/** Runs with a browser, and ends it whatever happens. What went wrong on the way is an error at the end. */
export async function withBrowser(work) {
  const args = ADDRESS ? [...FLAGS, `--host-resolver-rules=MAP ${new URL(given('CONSOLE_URL')).hostname} ${ADDRESS}`] : FLAGS;
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args, chromiumSandbox: false });
  try {
    await work(browser);
  } finally {
    await browser.close();
  }
}

/** A page of the console; `troubles` is what went wrong in it. */
export async function open(browser, options = {}) {
  const context = await browser.newContext({ baseURL: given('CONSOLE_URL'), viewport: { width: 1360, height: 900 }, bypassCSP: false, ignoreHTTPSErrors: Boolean(ADDRESS), ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const troubles = [];
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // A refused request is shown by the page itself.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) troubles.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== given('CONSOLE_URL') && url.protocol !== 'data:') troubles.push(`asked another host: ${request.url()}`);
  });
  return { context, page, troubles };
}

/** Signs in through the form. */
export async function signIn(page, token) {
  await page.goto('/sign-in');
  await page.getByLabel('Kubernetes token').fill(token);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'Control Plane Observatory' }).waitFor();
}

/** Holds a page against axe: on processes alone, since the pages are the same on a node, and a node has other work to do. */
export async function accessible(page, what) {
  if (ADDRESS) return;
  // By the debugger, which the page's own policy does not bind.
  await page.evaluate(await readFile(AXE, 'utf8'));
  // Whatever fades in has its own colours only at the end.
  await page.evaluate(() => Promise.all(document.getAnimations().filter((one) => one.effect?.getTiming().iterations !== Infinity).map((one) => one.finished)));
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const told = violations.map((one) => `${one.id} (${one.impact}): ${one.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.failureSummary?.replaceAll('\n', ' ')}`).join(' | ')}`);
  if (told.length > 0) throw new Error(`axe on ${what}:\n  ${told.join('\n  ')}`);
}

/** An error where a page is wider than its screen. */
export async function fits(page, what) {
  const out = await page.evaluate(sticksOut);
  sure(out === null, `${what} is wider than the screen: ${out}`);
}

/** The innermost of what reaches beyond the screen; null where nothing does. Runs in the page. */
function sticksOut() {
  if (document.documentElement.scrollWidth <= innerWidth) return null;
  // What is scrolled or cut off within a box makes no page wider.
  const cut = (one) => one !== null && one !== document.body && (getComputedStyle(one).overflowX !== 'visible' || cut(one.parentElement));
  const beyond = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5 && !cut(one.parentElement));
  return beyond.slice(-2).map((one) => one.outerHTML.slice(0, 200)).join(' | ');
}

/** An error where something is not so. */
export function sure(is, what) {
  if (!is) throw new Error(what);
}

/** One step of a story, timed. */
export async function step(what, work) {
  const begun = performance.now();
  try {
    const done = await work();
    console.error(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s    ${what}`);
    return done;
  } catch (error) {
    throw new Error(`${what}: ${error.message}`, { cause: error });
  }
}
