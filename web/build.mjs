// Makes of every page under src one file that needs nothing else: script and style stand inside, and the page's own content security
// policy allows these two by their hashes and nothing more. What a page shows is put in by the executable, at the mark.
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const output = new URL("../artifacts/web/", import.meta.url);
const pages = [{ name: "flame-graph", folder: "src/flame" }];

async function bundle(entry) {
    const { outputFiles } = await build({
        absWorkingDir: new URL(".", import.meta.url).pathname,
        entryPoints: [entry],
        bundle: true,
        minify: true,
        write: false,
        format: "iife",
        target: "es2022",
        charset: "utf8",
        legalComments: "none",
        logLevel: "warning",
    });
    return outputFiles[0].text.trim();
}

const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

function inside(page, mark, text) {
    if (page.split(mark).length !== 2)
        throw new Error(`the page wants ${mark} once`);
    return page.split(mark).join(text);
}

for (const { name, folder } of pages) {
    const [script, style] = await Promise.all([bundle(`${folder}/main.ts`), bundle(`${folder}/style.css`)]);
    if (/<\/script|<!--/i.test(script) || /<\/style/i.test(style))
        throw new Error(`${name}: the bundle would end its own element`);
    const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
    let page = await readFile(new URL(`${folder}/page.html`, import.meta.url), "utf8");
    page = inside(page, "{policy}", policy);
    page = inside(page, "{style}", style);
    page = inside(page, "{script}", script);
    if (page.split("{data}").length !== 2)
        throw new Error(`${name}: the page wants {data} once`);
    await mkdir(output, { recursive: true });
    const target = new URL(`${name}.html`, output);
    const beside = new URL(`${name}.html.${process.pid}`, output);
    await writeFile(beside, page);
    await rename(beside, target);
}
