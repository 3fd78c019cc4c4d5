// The page that `run` writes, made by the real thing from a real program, in a real browser.
import assert from "node:assert/strict";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Child, folder, live, runSample, startBrowser, tool } from "./parts.mjs";

describe("flame graph", live, () => {
    let place, browser, page, troubles;
    const frame = (text) => page.locator(".frame", { hasText: text }).first();
    const view = (name) => page.locator(`label[for=view-${name}]`).click();
    const details = () => page.locator("#details").innerText();

    before(async () => {
        place = await folder();
        const run = await runSample(join(place.path, "memory.html"));
        assert.equal(run.code, 0, run.output);
        browser = await startBrowser();
        await open();
    });
    after(async () => {
        await browser?.close();
        await place?.remove();
    });

    async function open(options = {}) {
        await page?.context().close();
        const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
        await context.setOffline(true);
        page = await context.newPage();
        troubles = [];
        page.on("console", (message) => message.type() === "error" && troubles.push(message.text()));
        page.on("pageerror", (error) => troubles.push(String(error)));
        page.on("request", (request) => request.url().startsWith("file:") || request.url().startsWith("data:") || troubles.push(request.url()));
        await page.goto(pathToFileURL(join(place.path, "memory.html")).href);
        await page.waitForSelector(".frame");
    }

    it("shows the peak, and on a click the traceback with source lines", async () => {
        assert.match(await page.title(), /growing\.py/);
        await frame("burst").click();
        const text = await details();
        assert.match(text, /line 15, in burst/);
        assert.match(text, /return bytes\(60_000_000\)/);
        assert.match(text, /most recent call last[\s\S]*<module>[\s\S]*held = burst\(\)[\s\S]*in burst/);
        assert.match(await page.locator("#summary").innerText(), /10\d MB/);
    });

    it("shows what is alive at the end, without what has gone", async () => {
        await view("end");
        assert.equal(await frame("burst").count(), 0);
        assert.ok(await frame("keep").count() > 0, `${await page.locator("#summary").innerText()}\n${(await page.locator(".frame").allInnerTexts()).join("|")}`);
        assert.ok(await frame("worker").count() > 0);
    });

    it("shows the growth since the moment that was asked for", async () => {
        await view("growth");
        assert.match(await page.locator("#from option:checked").innerText(), /SIGUSR2/);
        assert.equal(await frame("worker").count(), 0);
        await frame("keep").click();
        assert.match(await details(), /kept\.append\(bytearray\(50_000\)\)/);
        // 800 blocks of 50,000 bytes, sampled once per 128 KB on average: 17 % of standard error at most.
        const summary = await page.locator("#summary").innerText();
        const grown = Number(/^(\d+) MB/.exec(summary)?.[1]);
        assert.ok(grown > 19 && grown < 57, summary);
        await page.selectOption("#from", "");
        assert.ok(await frame("worker").count() > 0);
    });

    it("takes hostile names for text", async () => {
        await view("peak");
        assert.equal(await page.locator("img").count(), 0);
        assert.doesNotMatch(await page.title(), /owned/);
        await frame("</script>").click();
        assert.match(await details(), /<\/script><img src=x onerror=document\.title='owned'>/);
    });

    it("searches", async () => {
        await page.click("#reset");
        await page.fill("#search", "worker");
        assert.match(await page.locator("#found").innerText(), /\d+ MB match, \d+ %/);
        assert.ok(await page.locator(".frame.match").count() > 0);
        await page.fill("#search", "/^bur.t /");
        assert.match(await page.locator("#found").innerText(), /5\d MB match/);
        await page.fill("#search", "no such frame");
        assert.equal(await page.locator("#found").innerText(), "nothing matches");
        await page.fill("#search", "");
        assert.equal(await page.locator(".frame.other").count(), 0);
    });

    it("zooms by click and back", async () => {
        const width = async (text) => (await frame(text).boundingBox()).width;
        const before = await width("worker");
        await frame("worker").click();
        assert.ok(await width("worker") > before * 2);
        assert.equal(await frame("burst").count(), 0);
        await page.click("#reset");
        assert.ok(Math.abs(await width("worker") - before) < 1);
    });

    it("turns the root to the bottom, and calls inside out", async () => {
        const top = async () => (await page.locator("#frame-0").boundingBox()).y - (await page.locator("#picture").boundingBox()).y;
        assert.ok(await top() < 1);
        await page.selectOption("#direction", "flame");
        assert.ok(await top() > 40);
        await page.selectOption("#direction", "icicle");
        await page.check("#callee-first");
        assert.equal(await page.locator(".frame", { hasText: "burst" }).first().getAttribute("aria-level"), "2");
        await page.uncheck("#callee-first");
        assert.ok(Number(await frame("burst").getAttribute("aria-level")) > 2);
    });

    it("leaves out how imports work, unless it is asked for", async () => {
        const seen = () => page.locator(".frame[aria-label*=importlib]").count();
        await view("peak");
        const hidden = await seen();
        await page.check("#with-imports");
        assert.ok(await seen() > hidden);
        await page.uncheck("#with-imports");
        assert.equal(await seen(), hidden);
    });

    it("shows threads side by side, or one of them", async () => {
        await page.selectOption("#thread", "each");
        assert.equal(await frame("main thread").getAttribute("aria-level"), "2");
        assert.equal(await frame("thread ").getAttribute("aria-level"), "2");
        const other = await page.locator("#thread option").evaluateAll((options) => options.map((option) => option.value).at(-1));
        await page.selectOption("#thread", other);
        assert.ok(await frame("worker").count() > 0);
        assert.equal(await frame("burst").count(), 0);
        await page.selectOption("#thread", "all");
    });

    it("is moved through by keys", async () => {
        await page.locator("#picture").focus();
        const at = () => page.locator("[aria-selected]").getAttribute("aria-label");
        await page.keyboard.press("Home");
        assert.match(await at(), /^all,/);
        await page.keyboard.press("ArrowDown");
        const first = await at();
        assert.doesNotMatch(first, /^all,/);
        await page.keyboard.press("Enter");
        assert.ok(await page.locator("#reset").isEnabled());
        await page.keyboard.press("Escape");
        assert.ok(await page.locator("#reset").isDisabled());
        await page.keyboard.press("/");
        assert.equal(await page.evaluate(() => document.activeElement.id), "search");
        await page.keyboard.type("keep");
        await page.keyboard.press("Escape");
        assert.equal(await page.inputValue("#search"), "");
        assert.equal(await page.evaluate(() => document.activeElement.id), "picture");
    });

    it("is dark or light as the system wants, or as the button says", async () => {
        const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
        await page.emulateMedia({ colorScheme: "light" });
        const light = await ground();
        await page.emulateMedia({ colorScheme: "dark" });
        const dark = await ground();
        assert.notEqual(light, dark);
        await page.click("#theme");
        assert.equal(await ground(), light);
    });

    it("raised no error, asked for nothing, and broke none of its own policy", () => assert.deepEqual(troubles, []));

    it("fits a telephone", async () => {
        await open({ viewport: { width: 390, height: 844 }, hasTouch: true });
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 390);
        await frame("burst").tap();
        assert.match(await details(), /return bytes\(60_000_000\)/);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 390);
        assert.deepEqual(troubles, []);
    });
});

describe("run", live, () => {
    let place;
    before(async () => { place = await folder(); });
    after(() => place?.remove());

    it("shows workers that a program forks, each with what it holds, and opens the page where it is asked to", live, async () => {
        const page = join(place.path, "workers.html"), browser = join(place.path, "browser"), opened = join(place.path, "opened");
        await writeFile(browser, `#!/bin/sh\necho "$1" > ${opened}.new && mv ${opened}.new ${opened}\n`);
        await chmod(browser, 0o755);
        const program = "import os\nfor size in 40, 20:\n    if os.fork() == 0:\n        held = bytearray(size << 20)\n        raise SystemExit\nos.wait(); os.wait()\n";
        const run = new Child(tool, ["run", "--open", "-o", page, "--", "/usr/bin/python3", "-c", program], { env: { ...process.env, BROWSER: `no-such-browser:${browser}` } });
        assert.equal(await run.end(), 0, run.output);

        const text = await readFile(page, "utf8");
        const { processes } = JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(text)[1]);
        const held = processes.map(({ moments }) => moments.find(({ kind }) => kind === "end").bytes.reduce((sum, bytes) => sum + bytes, 0) / 2 ** 20).sort((a, b) => b - a);
        assert.ok(Math.abs(held[0] - 40) < 8 && Math.abs(held[1] - 20) < 8, held.join(" "));
        // The browser is started and not waited for.
        let address = null;
        while (address === null)
            address = await readFile(opened, "utf8").catch(() => null);
        assert.equal(address.trim(), pathToFileURL(page).href);
    });
});
