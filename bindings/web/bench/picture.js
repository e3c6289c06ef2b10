// Draws docs/figures/web.png: `npm run picture` in bindings/web, after `cargo xtask web --build-only`.
import { happens, open, path, runTo, serve, startBrowser } from "../tests/support.js";

const [server, browser] = await Promise.all([serve(), startBrowser()]);
const { page } = await open(browser, server.address, { viewport: { width: 1200, height: 1040 } });
await runTo(page, 2800);
await page.click("#store");
await happens(page, /stored/);
await runTo(page, 4300);
await page.keyboard.press("Space");
await happens(page, /Released/);
await page.click("#twin");
await runTo(page, 6000);
await page.evaluate(() => scrollTo(0, 0));
await page.waitForTimeout(500);
await page.screenshot({ path: path("../../../docs/figures/web.png") });
await browser.close();
server.end();
