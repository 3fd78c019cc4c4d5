import { Sources, details } from "./details";
import { element } from "./dom";
import { Picture } from "./picture";
import { amountsAt, growth, readProfile, total, type Amounts, type Moment, type Process, type Profile } from "./profile";
import { bytesText, errorText, secondsText, shareText } from "./text";
import { buildTree, byLine, matchedBytes, matcher, threadName, type Node, type Shape } from "./tree";

type View = "peak" | "end" | "growth";

const LINES = 15;

function start(profile: Profile): HTMLElement[] {
    const select = (id: string, label: string): { field: HTMLElement; input: HTMLSelectElement } => {
        const input = element("select", { id });
        return { field: element("label", { for: id }, element("span", {}, label), input), input };
    };
    const check = (id: string, label: string): { field: HTMLElement; input: HTMLInputElement } => {
        const input = element("input", { id, type: "checkbox" });
        return { field: element("label", { for: id, class: "check" }, input, label), input };
    };
    const option = (value: string, text: string): HTMLOptionElement => element("option", { value }, text);

    const title = element("h1");
    const facts = element("p", { class: "facts" });
    const notes = element("div");
    const alive = element("span");
    const processes = select("process", "process");
    const views = element("div", { class: "views", role: "radiogroup", "aria-label": "What is shown" });
    const from = select("from", "from"), to = select("to", "to");
    const between = element("div", { class: "between" }, from.field, to.field);
    const threads = select("thread", "thread");
    const direction = select("direction", "direction");
    direction.input.append(option("icicle", "icicle: root at the top"), option("flame", "flame: root at the bottom"));
    const byFunction = check("by-function", "merge lines of a function");
    const calleeFirst = check("callee-first", "inverted: innermost call first");
    const withImports = check("with-imports", "show how imports work");
    const search = element("input", { id: "search", type: "search", placeholder: "search: text or /regex/", "aria-label": "Search frames", spellcheck: "false" });
    const found = element("span", { id: "found", role: "status" });
    const reset = element("button", { id: "reset", type: "button" }, "reset zoom");
    const theme = element("button", { id: "theme", type: "button" }, "dark or light");
    const summary = element("p", { id: "summary", role: "status" });
    const panel = element("div");
    const lines = element("section", { id: "lines", "aria-label": "Lines" });

    let process: Process = profile.processes[0]!;
    let sources = new Sources(process);
    let view: View = "peak";
    let root: Node | null = null;
    const picture = new Picture({
        selected: (node) => {
            if (root !== null)
                panel.replaceChildren(details(node, root, sources, shape()));
        },
        zoomed: (node) => { reset.disabled = node.parent === null; },
    });

    const moment = (kind: View): Moment | undefined => process.moments.find((candidate) => candidate.kind === kind);
    const shape = (): Shape => ({
        byFunction: byFunction.input.checked,
        calleeFirst: calleeFirst.input.checked,
        withImports: withImports.input.checked,
        thread: threads.input.value === "all" || threads.input.value === "each" ? threads.input.value : Number(threads.input.value),
    });
    const at = (input: HTMLSelectElement): Amounts => {
        const chosen = process.moments[Number(input.value)];
        return input.value === "" || chosen === undefined ? new Map() : amountsAt(chosen);
    };

    function momentName(chosen: Moment): string {
        const when = secondsText(chosen.seconds);
        switch (chosen.kind) {
            case "peak": return `the peak, ${when}`;
            case "end": return process.ended ? `the end, ${when}` : `now, ${when}`;
            case "asked": return `SIGUSR2 at ${when}`;
            case "regular": return when;
        }
    }

    function draw(): void {
        const chosen = view === "growth" ? undefined : moment(view);
        const { grown, less } = view === "growth" ? growth(at(from.input), at(to.input)) : { grown: chosen === undefined ? new Map() : amountsAt(chosen), less: 0 };
        root = buildTree(process, grown, shape());
        const samples = root.samples;
        summary.textContent = view === "growth"
            ? `${bytesText(root.bytes)} have come${less > 0 ? ` · ${bytesText(less)} have gone elsewhere, which is not drawn` : ""} · on ${samples} samples`
            : `${bytesText(root.bytes)} ${errorText(root.bytes, root.variance)}, estimated from ${samples} samples, ${chosen === undefined ? "" : `${secondsText(chosen.seconds)} after the first one`}`;
        between.hidden = view !== "growth";
        reset.disabled = true;
        decorate();
        panel.replaceChildren(details(root, root, sources, shape()));
        table(grown);
    }

    function decorate(): void {
        if (root === null)
            return;
        const matches = matcher(search.value);
        picture.show(root, { upwards: direction.input.value === "flame", matches, isGrowth: view === "growth" });
        if (matches === null) {
            found.textContent = "";
            return;
        }
        const bytes = matchedBytes(root, matches);
        found.textContent = bytes > 0 ? `${bytesText(bytes)} match, ${shareText(bytes, root.bytes)}` : "nothing matches";
    }

    function table(amounts: Amounts): void {
        const whole = root?.bytes ?? 0;
        const body = element("tbody");
        for (const { frame, bytes, variance } of byLine(process, amounts, shape()).slice(0, LINES)) {
            const place = frame.file === "" ? frame.function : `${frame.file}:${frame.line}`;
            const go = element("button", { type: "button", class: "link" }, place);
            go.addEventListener("click", () => {
                search.value = place;
                decorate();
                search.focus();
            });
            const text = frame.file === "" ? "" : sources.at(frame.file, frame.line)?.trim() ?? frame.function;
            body.append(element("tr", {},
                element("td", { class: "amount" }, `${bytesText(bytes)} ${errorText(bytes, variance)}`), element("td", { class: "amount" }, shareText(bytes, whole)),
                element("td", {}, go), element("td", {}, element("code", {}, text))));
        }
        lines.replaceChildren(element("h2", {}, "Lines that hold most"), element("div", { class: "scroll" }, element("table", {},
            element("thead", {}, element("tr", {}, ...["memory", "share", "line", "source"].map((head) => element("th", { scope: "col" }, head)))), body)));
    }

    function show(next: Process): void {
        process = next;
        sources = new Sources(process);
        title.textContent = `Memory of ${process.command}`;
        document.title = title.textContent;
        alive.textContent = process.ended ? "alive at the end" : "alive now";
        facts.textContent = `pid ${process.pid} · ${process.runtime} · one sample per ${bytesText(process.mean_bytes)} of allocations on average · written ${profile.written.replace("T", " ").replace(/(\.\d+)?(Z|\+00:00)$/, " UTC")}`;
        notes.replaceChildren(...process.notes.map((note) => element("p", { class: "note" }, note)));
        threads.input.replaceChildren(option("all", "all as one"), option("each", "side by side"),
            ...process.threads.map(({ id }) => option(String(id), threadName(process, id))));
        threads.field.hidden = process.threads.length < 2;
        from.input.replaceChildren(option("", "nothing"), ...process.moments.map((one, index) => option(String(index), momentName(one))));
        to.input.replaceChildren(...process.moments.map((one, index) => option(String(index), momentName(one))));
        const end = moment("end");
        from.input.value = process.growth_from === null ? "" : String(process.growth_from);
        to.input.value = end === undefined ? "" : String(process.moments.indexOf(end));
        draw();
    }

    const buttons: [View, string | HTMLElement][] = [["peak", "at the peak"], ["end", alive], ["growth", "growth between"]];
    for (const [value, text] of buttons) {
        const input = element("input", { type: "radio", name: "view", id: `view-${value}`, value });
        input.checked = value === view;
        input.addEventListener("change", () => {
            view = value;
            draw();
        });
        views.append(input, element("label", { for: input.id }, text));
    }
    const largest = (one: Process): number => Math.max(0, ...one.moments.filter(({ kind }) => kind === "peak").map((peak) => total(amountsAt(peak))));
    const ranked = profile.processes.map((one, index) => ({ one, index })).sort((a, b) => largest(b.one) - largest(a.one));
    processes.input.append(...ranked.map(({ one, index }) => option(String(index), `${one.pid} ${one.command}`.slice(0, 80))));
    processes.field.hidden = ranked.length < 2;
    processes.input.addEventListener("change", () => show(profile.processes[Number(processes.input.value)]!));
    for (const input of [from.input, to.input, threads.input, byFunction.input, calleeFirst.input, withImports.input])
        input.addEventListener("change", draw);
    direction.input.addEventListener("change", decorate);
    search.addEventListener("input", decorate);
    reset.addEventListener("click", () => {
        if (root !== null)
            picture.zoom(root);
    });
    theme.addEventListener("click", () => {
        const isDark = getComputedStyle(document.documentElement).colorScheme === "dark";
        document.documentElement.dataset["theme"] = isDark ? "light" : "dark";
    });
    document.addEventListener("keydown", (event) => {
        const typing = event.target instanceof HTMLInputElement && event.target.type === "search" || event.target instanceof HTMLSelectElement;
        if (event.key === "/" && !typing) {
            event.preventDefault();
            search.focus();
        } else if (event.key === "Escape" && event.target === search) {
            search.value = "";
            decorate();
            picture.element.focus();
        }
    });

    show(ranked[0]!.one);
    return [
        element("header", {}, title, facts, notes),
        element("main", {},
            element("div", { class: "bar" }, processes.field, views, between, threads.field, direction.field),
            element("div", { class: "bar" }, search, found, byFunction.field, calleeFirst.field, withImports.field, reset, theme),
            summary, picture.element, panel, lines),
        element("footer", {}, element("p", {},
            "The wider a frame, the more memory came from it and from what it called. Click or Enter zooms and shows the traceback · arrow keys move · Escape zooms out · / searches. ",
            element("span", { class: "key own" }, "your code"), " ", element("span", { class: "key library" }, "packages"), " ",
            element("span", { class: "key standard" }, "standard library"), " ", element("span", { class: "key native" }, "native code")),
            element("p", {}, `leakyspanner ${profile.version}`)),
    ];
}

const app = document.getElementById("app")!;
try {
    const profile = readProfile(document.getElementById("data")!.textContent ?? "");
    app.append(...(profile.processes.length > 0 ? start(profile) : [element("p", {}, "No sample was taken.")]));
} catch (error) {
    app.append(element("p", { role: "alert" }, `The data in this page cannot be shown: ${error instanceof Error ? error.message : String(error)}`));
}
