import { element } from "./dom";
import { bytesText, shareText } from "./text";
import type { Node } from "./tree";

const ROW = 21;
/** Frames narrower than this are not drawn: there may be tens of thousands. */
const NARROWEST = 0.7;
const ROOM_FOR_TEXT = 22;

export interface Look {
    /** The root at the bottom. */
    upwards: boolean;
    matches: ((node: Node) => boolean) | null;
    /** What the colours tell: growth is red throughout. */
    isGrowth: boolean;
}

export interface Listener {
    selected(node: Node): void;
    zoomed(node: Node): void;
}

/** A flame graph of absolutely placed boxes: one tree to assistive technology, with one tab stop, moved through by arrow keys. */
export class Picture {
    readonly element = element("div", { id: "picture", role: "tree", tabindex: "0", "aria-label": "Flame graph; arrow keys move, Enter zooms, Escape zooms out" });
    #root: Node | null = null;
    #zoom: Node | null = null;
    #selected: Node | null = null;
    #look: Look = { upwards: false, matches: null, isGrowth: false };
    #width = 0;
    readonly #listener: Listener;
    /** Drawn frames by their boxes' ids. */
    readonly #drawn = new Map<string, Node>();

    constructor(listener: Listener) {
        this.#listener = listener;
        this.element.addEventListener("click", (event) => {
            const node = this.#nodeAt(event.target);
            if (node === null)
                return;
            // What is zoomed already is left: the way out with a finger.
            this.zoom(node === this.#zoom && node.parent !== null ? node.parent : node);
            this.select(node);
        });
        this.element.addEventListener("keydown", (event) => this.#key(event));
        new ResizeObserver(() => {
            if (this.element.clientWidth !== this.#width)
                this.#draw();
        }).observe(this.element);
    }

    show(root: Node, look: Look): void {
        const isSame = this.#root === root;
        this.#root = root;
        this.#look = look;
        if (!isSame)
            this.#zoom = this.#selected = root;
        this.#draw();
    }

    zoom(node: Node): void {
        this.#zoom = node;
        this.#draw();
        this.#listener.zoomed(node);
    }

    select(node: Node): void {
        this.#selected = node;
        this.#mark();
        this.#listener.selected(node);
    }

    #nodeAt(target: EventTarget | null): Node | null {
        const box = target instanceof Element ? target.closest(".frame") : null;
        return box === null ? null : this.#drawn.get(box.id) ?? null;
    }

    #draw(): void {
        const root = this.#root, zoom = this.#zoom;
        this.#width = this.element.clientWidth;
        this.#drawn.clear();
        if (root === null || zoom === null || this.#width === 0)
            return;
        const boxes = document.createDocumentFragment();
        const placed: { box: HTMLElement; depth: number }[] = [];
        const place = (node: Node, left: number, width: number, isOuter: boolean): void => {
            const box = this.#box(node, root, isOuter, width);
            box.style.left = `${left}px`;
            box.style.width = `${Math.max(NARROWEST, width - 1)}px`;
            boxes.append(box);
            placed.push({ box, depth: node.depth });
        };
        for (let outer = zoom.parent; outer !== null; outer = outer.parent)
            place(outer, 0, this.#width, true);
        const open: { node: Node; left: number }[] = [{ node: zoom, left: 0 }];
        const scale = zoom.bytes > 0 ? this.#width / zoom.bytes : 0;
        for (let at = open.pop(); at !== undefined; at = open.pop()) {
            place(at.node, at.left, at.node === zoom ? this.#width : at.node.bytes * scale, false);
            let left = at.left;
            for (const child of at.node.children) {
                // By bytes, descending: no later one is wider.
                if (child.bytes * scale < NARROWEST)
                    break;
                open.push({ node: child, left });
                left += child.bytes * scale;
            }
        }
        const deepest = placed.reduce((most, { depth }) => Math.max(most, depth), 0);
        for (const { box, depth } of placed)
            box.style.top = `${(this.#look.upwards ? deepest - depth : depth) * ROW}px`;
        this.element.style.height = `${(deepest + 1) * ROW}px`;
        this.element.replaceChildren(boxes);
        this.#mark();
    }

    #box(node: Node, root: Node, isOuter: boolean, width: number): HTMLElement {
        const box = element("div", {
            id: `frame-${node.id}`, role: "treeitem", "aria-level": String(node.depth + 1),
            title: `${node.label}\n${bytesText(node.bytes)}, ${shareText(node.bytes, root.bytes)}`,
        });
        box.setAttribute("aria-label", `${node.label}, ${bytesText(node.bytes)}, ${shareText(node.bytes, root.bytes)}`);
        box.className = `frame ${this.#look.isGrowth ? "growth" : node.kind}`;
        box.classList.toggle("outer", isOuter);
        if (this.#look.matches !== null)
            box.classList.add(this.#look.matches(node) ? "match" : "other");
        box.style.setProperty("--heat", `${Math.round(100 * (root.bytes > 0 ? node.bytes / root.bytes : 0))}%`);
        if (width >= ROOM_FOR_TEXT)
            box.textContent = node.short;
        this.#drawn.set(box.id, node);
        return box;
    }

    #mark(): void {
        this.element.querySelector("[aria-selected]")?.removeAttribute("aria-selected");
        const box = this.#selected === null ? null : document.getElementById(`frame-${this.#selected.id}`);
        if (box === null) {
            this.element.removeAttribute("aria-activedescendant");
            return;
        }
        box.setAttribute("aria-selected", "true");
        this.element.setAttribute("aria-activedescendant", box.id);
        if (document.activeElement === this.element)
            box.scrollIntoView({ block: "nearest" });
    }

    #key(event: KeyboardEvent): void {
        const at = this.#selected ?? this.#root;
        if (at === null || event.altKey || event.ctrlKey || event.metaKey)
            return;
        const further = this.#look.upwards ? "ArrowUp" : "ArrowDown", back = this.#look.upwards ? "ArrowDown" : "ArrowUp";
        const siblings = at.parent?.children ?? [at];
        const go = (node: Node | null | undefined): void => {
            if (node !== null && node !== undefined && document.getElementById(`frame-${node.id}`) !== null)
                this.select(node);
        };
        switch (event.key) {
            case further: go(at.children[0]); break;
            case back: go(at.parent); break;
            case "ArrowLeft": go(siblings[siblings.indexOf(at) - 1]); break;
            case "ArrowRight": go(siblings[siblings.indexOf(at) + 1]); break;
            case "Home": if (this.#root !== null) go(this.#root); break;
            case "Enter": case " ": this.zoom(at); this.select(at); break;
            case "Escape": case "Backspace": {
                const outer = this.#zoom?.parent ?? this.#root;
                if (outer !== null)
                    this.zoom(outer);
                break;
            }
            default: return;
        }
        event.preventDefault();
    }
}
