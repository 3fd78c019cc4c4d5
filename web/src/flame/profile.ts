// What the executable writes into the page (schema leakyspanner.memory/1): src/LeakySpanner/Reports/Profiles/Saved has the other half.

export interface Frame { function: string; file: string; line: number }

/** Frames are numbers of frames, the outermost first. */
export interface Stack { frames: number[]; thread: number; cut: boolean }

export interface Thread { id: number; name: string }

export type MomentKind = "peak" | "end" | "asked" | "regular";

/** Columns: the i-th stack holds bytes[i] in blocks[i], as estimated from samples[i], with a standard error of errors[i] bytes. */
export interface Moment { kind: MomentKind; seconds: number; stacks: number[]; bytes: number[]; blocks: number[]; samples: number[]; errors: number[] }

export interface SourceLine { line: number; text: string }

export interface Source { file: string; lines: SourceLine[] }

export interface Process {
    pid: number;
    command: string;
    runtime: string;
    mean_bytes: number;
    /** False where it was written while the process ran. */
    ended: boolean;
    notes: string[];
    /** The moment from which growth is best counted. */
    growth_from: number | null;
    frames: Frame[];
    stacks: Stack[];
    threads: Thread[];
    moments: Moment[];
    sources: Source[];
}

export interface Profile { schema: string; version: string; written: string; processes: Process[] }

export function readProfile(text: string): Profile {
    const profile = JSON.parse(text) as Profile;
    if (profile.schema !== "leakyspanner.memory/1")
        throw new Error(`this page shows leakyspanner.memory/1, not ${profile.schema}`);
    return profile;
}

/** What one stack holds. */
export interface Amount { bytes: number; blocks: number; samples: number; variance: number }

/** Amounts by number of stack. */
export type Amounts = Map<number, Amount>;

export function amountsAt(moment: Moment): Amounts {
    const amounts: Amounts = new Map();
    moment.stacks.forEach((stack, i) => amounts.set(stack, { bytes: moment.bytes[i] ?? 0, blocks: moment.blocks[i] ?? 0, samples: moment.samples[i] ?? 0, variance: (moment.errors[i] ?? 0) ** 2 }));
    return amounts;
}

/** What has come between two moments, and how much has become less elsewhere. */
export function growth(from: Amounts, to: Amounts): { grown: Amounts; less: number } {
    const grown: Amounts = new Map();
    let less = 0;
    for (const [stack, now] of to) {
        const before = from.get(stack) ?? { bytes: 0, blocks: 0, samples: 0, variance: 0 };
        const bytes = now.bytes - before.bytes;
        if (bytes > 0)
            grown.set(stack, {
                bytes, blocks: Math.max(0, now.blocks - before.blocks), samples: Math.max(1, now.samples - before.samples), variance: Math.abs(now.variance - before.variance),
            });
        else
            less -= bytes;
    }
    for (const [stack, before] of from) {
        if (!to.has(stack))
            less += before.bytes;
    }
    return { grown, less };
}

export const total = (amounts: Amounts): number => [...amounts.values()].reduce((sum, amount) => sum + amount.bytes, 0);
