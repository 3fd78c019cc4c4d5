import { element } from "./dom";
import type { Process } from "./profile";
import { bytesText, countText, errorText, shareText } from "./text";
import { pathTo, type Node, type Shape } from "./tree";

export class Sources {
    readonly #lines = new Map<string, Map<number, string>>();

    constructor(process: Process) {
        for (const { file, lines } of process.sources)
            this.#lines.set(file, new Map(lines.map(({ line, text }) => [line, text])));
    }

    /** Null where the file could not be read. */
    at(file: string, line: number): string | null {
        return this.#lines.get(file)?.get(line) ?? null;
    }
}

/** What stands below the picture: one frame's numbers, and the calls that lead to it, as Python writes a traceback. */
export function details(node: Node, root: Node, sources: Sources, shape: Shape): HTMLElement {
    const panel = element("section", { id: "details", "aria-live": "polite", "aria-label": "Selected frame" });
    panel.append(element("h2", {}, node.label === "all" ? "Everything" : node.label));
    panel.append(element("p", { class: "numbers" }, [
        `${bytesText(node.bytes)} ${errorText(node.bytes, node.variance)} (${shareText(node.bytes, root.bytes)})`,
        ...(node.self > 0 && node.self < node.bytes ? [`${bytesText(node.self)} right here`] : []),
        countText(node.samples, "sample"),
        `about ${countText(Math.max(1, Math.round(node.blocks)), "block")}`,
    ].join(" · ")));

    const path = pathTo(node);
    if (shape.calleeFirst)
        path.reverse();
    if (path.length === 0) {
        panel.append(element("p", { class: "hint" }, "Select a frame to see the calls that lead to it and their source lines."));
        return panel;
    }
    panel.append(element("h3", {}, shape.calleeFirst ? "Traceback from here on (most recent call last)" : "Traceback (most recent call last)"));
    const trace = element("ol", { class: "traceback" });
    for (const step of path) {
        const item = element("li", step === node ? { class: "current" } : {});
        if (step.frame === null || step.frame.file === "") {
            item.append(element("span", { class: "place" }, step.frame === null ? step.label : `in ${step.label} (native code)`));
        } else {
            const { file, line, function: name } = step.frame;
            item.append(element("span", { class: "place" }, shape.byFunction ? `File "${file}", in ${name}` : `File "${file}", line ${line}, in ${name}`));
            if (!shape.byFunction)
                item.append(...code(sources, file, line, step === node ? 2 : 0));
        }
        trace.append(item);
    }
    panel.append(trace);
    return panel;
}

function code(sources: Sources, file: string, line: number, around: number): HTMLElement[] {
    if (sources.at(file, line) === null)
        return [];
    const shown: { line: number; text: string }[] = [];
    for (let at = line - around; at <= line + around; at++) {
        const text = sources.at(file, at);
        if (text !== null)
            shown.push({ line: at, text });
    }
    const indent = Math.min(...shown.filter(({ text }) => text.trim() !== "").map(({ text }) => text.length - text.trimStart().length));
    const block = element("pre");
    for (const { line: at, text } of shown) {
        const row = element("span", { class: at === line ? "hot" : "near" });
        if (around > 0)
            row.append(element("span", { class: "number" }, String(at)));
        row.append(text.slice(indent) + "\n");
        block.append(row);
    }
    return [block];
}
