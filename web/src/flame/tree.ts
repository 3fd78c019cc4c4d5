import type { Amounts, Frame, Process, Stack } from "./profile";

/** Whose code a frame is. */
export type Kind = "own" | "library" | "standard" | "native" | "note";

export interface Node {
    /** Numbered as they are made: the root is 0. */
    id: number;
    /** With the whole path of its file: what is sought. */
    label: string;
    /** What there is room for in a picture. */
    short: string;
    /** Null for the root, threads and notes. */
    frame: Frame | null;
    kind: Kind;
    bytes: number;
    blocks: number;
    samples: number;
    /** Of the bytes. */
    variance: number;
    /** Allocated right here, not in a frame further in. */
    self: number;
    depth: number;
    parent: Node | null;
    /** By bytes, descending. */
    children: Node[];
}

export interface Shape {
    /** Frames of the same function are one, whatever their lines. */
    byFunction: boolean;
    /** The innermost frame first. */
    calleeFirst: boolean;
    /** Frames of the interpreter's import machinery, which stand between an import and the module that it runs. */
    withImports: boolean;
    /** One thread, all of them as one, or each beside the others. */
    thread: number | "all" | "each";
}

export const NO_PYTHON = "(no Python code)";
export const CUT = "(frames further out were not kept)";

export function kindOf(frame: Frame): Kind {
    if (frame.file === "")
        return "native";
    if (/\/(site|dist)-packages\//.test(frame.file))
        return "library";
    return frame.file.startsWith("<frozen") || /\/lib\/(python|pypy)3[.\d]*t?\//.test(frame.file) ? "standard" : "own";
}

const isImport = (frame: Frame): boolean => frame.file.startsWith("<frozen importlib") || frame.file.endsWith("/importlib/__init__.py");

/** A stack's frames as they are to be seen. What only the machinery did stays. */
function visible(process: Process, stack: Stack, withImports: boolean): number[] {
    if (withImports)
        return stack.frames;
    const kept = stack.frames.filter((index) => !isImport(process.frames[index]!));
    return kept.length > 0 ? kept : stack.frames;
}

export function labelOf(frame: Frame, byFunction: boolean): string {
    if (frame.file === "")
        return frame.function;
    return byFunction ? `${frame.function} (${frame.file})` : `${frame.function} (${frame.file}:${frame.line})`;
}

function shortOf(frame: Frame, byFunction: boolean): string {
    if (frame.file === "")
        return frame.function;
    const file = frame.file.split("/").slice(-2).join("/");
    return byFunction ? `${frame.function} (${file})` : `${frame.function} (${file}:${frame.line})`;
}

export function threadName(process: Process, id: number): string {
    const name = process.threads.find((thread) => thread.id === id)?.name ?? "";
    const what = id === process.pid ? "main thread" : id === 0 ? "unknown thread" : `thread ${id}`;
    return name === "" ? what : `${what} (${name})`;
}

interface Growing extends Node { byKey: Map<string, Growing> }

export function buildTree(process: Process, amounts: Amounts, shape: Shape): Node {
    let made = 0;
    const make = (label: string, frame: Frame | null, kind: Kind, parent: Growing | null): Growing => ({
        id: made++, label, short: frame === null ? label : shortOf(frame, shape.byFunction), frame, kind, bytes: 0, blocks: 0, samples: 0, variance: 0, self: 0, depth: parent === null ? 0 : parent.depth + 1, parent, children: [], byKey: new Map(),
    });
    const root = make("all", null, "note", null);
    const keys = process.frames.map((frame) => labelOf(frame, shape.byFunction));

    for (const [number, amount] of amounts) {
        const stack = process.stacks[number];
        if (stack === undefined || amount.bytes <= 0 || (typeof shape.thread === "number" && stack.thread !== shape.thread))
            continue;
        const add = (node: Growing): void => {
            node.bytes += amount.bytes;
            node.blocks += amount.blocks;
            node.samples += amount.samples;
            node.variance += amount.variance;
        };
        let node = root;
        add(node);
        const into = (key: string, frame: Frame | null, kind: Kind): void => {
            let child = node.byKey.get(key);
            if (child === undefined) {
                child = make(key, frame, kind, node);
                node.byKey.set(key, child);
                node.children.push(child);
            }
            node = child;
            add(node);
        };

        if (shape.thread === "each")
            into(threadName(process, stack.thread), null, "note");
        const path: (() => void)[] = [];
        if (stack.cut)
            path.push(() => into(CUT, null, "note"));
        if (stack.frames.every((index) => process.frames[index]?.file === ""))
            path.push(() => into(NO_PYTHON, null, "note"));
        for (const index of visible(process, stack, shape.withImports)) {
            const frame = process.frames[index];
            if (frame !== undefined)
                path.push(() => into(keys[index] ?? "", frame, kindOf(frame)));
        }
        for (const step of shape.calleeFirst ? path.reverse() : path)
            step();
        node.self += amount.bytes;
    }
    sort(root);
    return root;
}

/** Not by recursion: a hostile stack may be deep. */
function sort(root: Node): void {
    const open = [root];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
        node.children.sort((a, b) => b.bytes - a.bytes || (a.label < b.label ? -1 : 1));
        open.push(...node.children);
    }
}

/** From the root down to a node, without the root. */
export function pathTo(node: Node): Node[] {
    const path: Node[] = [];
    for (let at: Node | null = node; at !== null && at.parent !== null; at = at.parent)
        path.unshift(at);
    return path;
}

export interface LineTotal { frame: Frame; bytes: number; variance: number }

/** By the innermost line of Python code of each stack. */
export function byLine(process: Process, amounts: Amounts, { thread, withImports }: Shape): LineTotal[] {
    const totals = new Map<string, LineTotal>();
    for (const [number, amount] of amounts) {
        const stack = process.stacks[number];
        if (stack === undefined || (typeof thread === "number" && stack.thread !== thread))
            continue;
        const frame = visible(process, stack, withImports).map((index) => process.frames[index]).findLast((candidate) => candidate !== undefined && candidate.file !== "")
            ?? { function: NO_PYTHON, file: "", line: 0 };
        const key = labelOf(frame, false);
        const sum = totals.get(key) ?? { frame, bytes: 0, variance: 0 };
        sum.bytes += amount.bytes;
        sum.variance += amount.variance;
        totals.set(key, sum);
    }
    return [...totals.values()].sort((a, b) => b.bytes - a.bytes);
}

/** Text as it is, or between slashes a regular expression; both whatever the case. Null where nothing is sought. */
export function matcher(sought: string): ((node: Node) => boolean) | null {
    if (sought === "")
        return null;
    const expression = /^\/(.+)\/$/.exec(sought)?.[1];
    if (expression !== undefined) {
        try {
            const pattern = new RegExp(expression, "i");
            return (node) => pattern.test(node.label);
        } catch {
            // Not yet a whole expression.
        }
    }
    const text = sought.toLowerCase();
    return (node) => node.label.toLowerCase().includes(text);
}

/** Bytes of all stacks that have a frame that matches, each counted once. */
export function matchedBytes(root: Node, matches: (node: Node) => boolean): number {
    let bytes = 0;
    const open = [...root.children];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
        if (matches(node))
            bytes += node.bytes;
        else
            open.push(...node.children);
    }
    return bytes;
}
