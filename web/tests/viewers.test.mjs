// The other formats, opened by the programs that they are for.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Child, folder, live, pprof, runSample, startBrowser, withPprof } from "./parts.mjs";

describe("other viewers", live, () => {
    let place;
    const file = (name) => join(place.path, name);
    before(async () => { place = await folder(); });
    after(() => place?.remove());

    it("pprof reads peak and end, by function and by line", withPprof, async () => {
        const run = await runSample(file("memory.pb.gz"));
        assert.equal(run.code, 0, run.output);
        const ask = async (...options) => {
            const tool = new Child(pprof, [...options, file("memory.pb.gz")], { env: { ...process.env, PPROF_TMPDIR: place.path, HOME: place.path } });
            assert.equal(await tool.end(), 0, tool.output);
            return tool.output;
        };

        const peak = await ask("-top", "-unit=B", "-sample_index=peak_space");
        assert.match(peak, /Type: peak_space/);
        assert.ok(bytesOf(peak, "burst") >= 60_000_000, peak);
        assert.ok(bytesOf(peak, "worker") >= 20_000_000, peak);
        const end = await ask("-top", "-unit=B");
        assert.match(end, /Type: inuse_space/);
        assert.doesNotMatch(end, /burst/);
        // 800 blocks of 50,000 bytes, within four standard errors.
        assert.ok(Math.abs(bytesOf(end, "keep") - 40_000_000) < 12_000_000, end);
        const lines = await ask("-top", "-lines", "-sample_index=inuse_objects");
        assert.match(lines, /keep .*growing\.py:11/);
    });

    it("speedscope's own page imports it", live, async () => {
        const run = await runSample(file("memory.speedscope.json"));
        assert.equal(run.code, 0, run.output);
        const browser = await startBrowser();
        try {
            const page = await browser.newPage();
            const errors = [];
            page.on("pageerror", (error) => errors.push(String(error)));
            const app = new URL("../node_modules/speedscope/dist/release/", import.meta.url);
            await page.route("http://speedscope.test/**", async (route) => {
                const name = new URL(route.request().url()).pathname.slice(1) || "index.html";
                const body = await readFile(new URL(name, app)).catch(() => null);
                const type = { html: "text/html", js: "text/javascript", css: "text/css", wasm: "application/wasm" }[name.split(".").at(-1)] ?? "application/octet-stream";
                await (body === null ? route.fulfill({ status: 404 }) : route.fulfill({ body, contentType: type }));
            });
            await page.goto("http://speedscope.test/");
            await page.setInputFiles("input[type=file]", file("memory.speedscope.json"));
            await page.getByText("at the peak").first().waitFor();
            assert.match(await page.title(), /growing\.py/);
            // The list of functions, by weight: text, where the flame graph is a canvas.
            await page.getByText("Sandwich").click();
            await page.getByText("burst").first().waitFor();
            assert.match(await page.locator("body").innerText(), /57\.\d+ ?MB[^\n]*\n?[\s\S]*burst/);
            assert.deepEqual(errors, []);
        } finally {
            await browser.close();
        }
    });
});

/** In the column "flat" of pprof's table. */
function bytesOf(table, name) {
    const row = table.split("\n").find((line) => line.trim().split(/\s+/).slice(5).join(" ") === name);
    assert.ok(row, `${name} in\n${table}`);
    return Number(/^\s*([\d.]+)B/.exec(row)?.[1] ?? 0);
}
