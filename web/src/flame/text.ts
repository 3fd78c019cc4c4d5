const UNITS = ["KB", "MB", "GB", "TB"];

/** 1024-based, as the executable says it. */
export function bytesText(bytes: number): string {
    if (bytes < 1024)
        return `${Math.round(bytes)} B`;
    let value = bytes / 1024, unit = 0;
    while (value >= 1024 && unit < UNITS.length - 1) {
        value /= 1024;
        unit++;
    }
    return `${value >= 10 ? Math.round(value).toLocaleString("en") : value.toFixed(1)} ${UNITS[unit]}`;
}

export const shareText = (part: number, whole: number): string => whole > 0 ? `${(100 * part / whole).toFixed(part >= whole / 10 ? 0 : 1)} %` : "0 %";

/** Relative standard error of an estimate; nothing where there is none to speak of. */
export function errorText(bytes: number, variance: number): string {
    const percent = bytes > 0 ? Math.round(100 * Math.sqrt(variance) / bytes) : 0;
    return percent > 0 ? `±${percent} %` : "";
}

export function secondsText(seconds: number): string {
    if (seconds < 60)
        return `${seconds.toFixed(1)} s`;
    const minutes = seconds / 60;
    return minutes < 60 ? `${minutes.toFixed(1)} min` : `${(minutes / 60).toFixed(1)} h`;
}

export const countText = (count: number, what: string): string => `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
