// What the tests need of the machine. In CI a missing part lets them fail; elsewhere they are skipped, and say what is missing.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const isCi = process.env.CI === "true";
const root = fileURLToPath(new URL("../../", import.meta.url));
export const tool = process.env.LEAKYSPANNER || join(root, "artifacts/leakyspanner");
const browser = [process.env.CHROMIUM, "/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) => path && existsSync(path));
const python = "/usr/bin/python3";
export const pprof = [process.env.PPROF, join(root, "artifacts/pprof/pprof")].find((path) => path && existsSync(path));

const missing = !existsSync(tool) ? "artifacts/leakyspanner (`make build`)" : !browser ? "a Chromium (`make setup`)" : !existsSync(python) ? python : null;

/** For node:test's options. */
export const live = { skip: !isCi && missing ? `missing: ${missing}` : false, timeout: 120_000 };
export const withPprof = { skip: !isCi && !pprof ? "missing: artifacts/pprof/pprof (`make setup`)" : live.skip, timeout: 120_000 };

export const startBrowser = () => chromium.launch({ executablePath: browser, args: ["--no-sandbox", "--disable-dev-shm-usage"] });

export async function folder() {
    const path = await mkdtemp(join(tmpdir(), "leakyspanner-web-"));
    return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** A process whose output is kept; each line that is waited for ends the wait, and so does the end of the process. */
export class Child {
    #text = "";
    #waiting = new Set();
    #ended;

    constructor(command, args, options = {}) {
        this.process = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], ...options });
        for (const stream of [this.process.stdout, this.process.stderr])
            stream.setEncoding("utf8").on("data", (text) => {
                this.#text += text;
                for (const check of this.#waiting)
                    check();
            });
        this.#ended = once(this.process, "close");
    }

    get output() { return this.#text; }

    async until(pattern) {
        await Promise.race([
            new Promise((resolve) => {
                const check = () => {
                    if (pattern.test(this.#text)) {
                        this.#waiting.delete(check);
                        resolve();
                    }
                };
                this.#waiting.add(check);
                check();
            }),
            this.#ended.then(() => {
                if (!pattern.test(this.#text))
                    throw new Error(`ended without ${pattern}:\n${this.#text}`);
            }),
        ]);
    }

    say(line) { this.process.stdin.write(`${line}\n`); }

    async end() {
        const [code] = await this.#ended;
        return code;
    }

    stop() {
        if (this.process.exitCode === null)
            this.process.kill("SIGKILL");
    }
}

/** Runs the growing sample under the agent, with a moment asked for before it grows. */
export async function runSample(output) {
    const run = new Child(tool, ["run", "--no-open", "-o", output, "--", python, "growing.py"], { cwd: fileURLToPath(new URL("samples", import.meta.url)) });
    try {
        await run.until(/^first$/m);
        run.process.kill("SIGUSR2");
        await run.until(/leakyspanner: wrote /);
        run.say("go on");
        await run.until(/^second$/m);
        run.say("go on");
        return { code: await run.end(), output: run.output };
    } finally {
        run.stop();
    }
}
