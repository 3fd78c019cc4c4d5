// The plot that `record` draws, as a browser sees it, and as the painter of PNGs does.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Child, folder, live, startBrowser, tool } from "./parts.mjs";

const painter = process.env.CI === "true" || ["/usr/bin/rsvg-convert", "/usr/bin/inkscape", "/usr/bin/magick"].some(existsSync);
// Works until it has used a third of a second of processor, which a recorder of 20 samples a second cannot miss.
const program = "import time\nheld = bytearray(100 * 2**20)\nwhile time.process_time() < 0.4: pass\n";

describe("record", live, () => {
    let place;
    before(async () => { place = await folder(); });
    after(() => place?.remove());

    async function record(name) {
        const run = new Child(tool, ["record", "--plot", join(place.path, name), "--", "/usr/bin/python3", "-c", program]);
        try {
            assert.equal(await run.end(), 0, run.output);
            assert.match(run.output, /TOO EARLY TO TELL/);
        } finally {
            run.stop();
        }
        return join(place.path, name);
    }

    it("draws processor and memory", live, async () => {
        const file = await record("memory.svg");
        const browser = await startBrowser();
        try {
            const page = await browser.newPage();
            await page.goto(pathToFileURL(file).href);
            const texts = await page.locator("text").allTextContents();
            assert.ok(texts.includes("CPU %") && texts.includes("RSS MB"), texts.join("|"));
            assert.ok(texts.some((text) => text.includes("python3")), texts.join("|"));
            assert.ok(texts.some((text) => /^limit \d/.test(text)), texts.join("|"));
            const heights = (await page.locator("polyline.memory").getAttribute("points")).trim().split(" ").map((point) => Number(point.split(",")[1]));
            // From a few MB to 100 and more: most of the picture's height.
            assert.ok(Math.max(...heights) - Math.min(...heights) > 150, heights.join(" "));
        } finally {
            await browser.close();
        }
    });

    it("paints a PNG", { ...live, skip: live.skip || (painter ? false : "missing: rsvg-convert (`make setup`)") }, async () => {
        const picture = await readFile(await record("memory.png"));
        assert.equal(picture.subarray(1, 4).toString("latin1"), "PNG");
        assert.equal(picture.readUInt32BE(16), 1920);
        assert.equal(picture.readUInt32BE(20), 960);
    });
});
