using LeakySpanner.Scanning.Logs.Reading;

namespace LeakySpanner.Scanning.Logs.Formats;

/// <summary>Structured logs of applications, proxies and platforms: a request, or memory, under one of the usual names.</summary>
internal static class JsonRequest
{
    private const string MemoryName = "memory in messages";

    public static bool TryRead(LogLine line, JsonFields json, LogTally tally)
    {
        if (!(json.TryText("method"u8, out var method) || json.TryText("request_method"u8, out method) || json.TryText("requestMethod"u8, out method) || json.TryText("http_method"u8, out method))
            || method.Length is 0 or > 10)
        {
            return false;
        }

        if (!(json.TryText("route"u8, out var path) || json.TryText("path"u8, out path) || json.TryText("uri"u8, out path) || json.TryText("request_uri"u8, out path)
            || json.TryText("url"u8, out path) || json.TryText("requestUrl"u8, out path)) || path.IsEmpty)
        {
            return false;
        }

        var status = json.TryNumber("status"u8, out var code) || json.TryNumber("status_code"u8, out code) ? (int)Math.Clamp(code, 0, 999)
            : json.TryText("status"u8, out var text) && new LineScanner(text).TryNumber(out var number) ? (int)Math.Clamp(number, 0, 999) : 0;
        tally.Request(method, path, status, line.At);
        return true;
    }

    /// <summary>"rss_bytes": 327575142, "rss_mb": 312.4. The message, if any, is read as well where this says nothing.</summary>
    public static bool TryMemory(LogLine line, JsonFields json, LogTally tally)
    {
        var bytes = json.TryNumber("rss_bytes"u8, out var number) || json.TryNumber("memory_bytes"u8, out number) ? number
            : json.TryNumber("rss_mb"u8, out number) || json.TryNumber("memory_mb"u8, out number) ? number * (1L << 20)
            : 0;
        if (bytes is < 1 << 20 or > 1L << 50)
            return false;
        var name = json.TryNumber("pid"u8, out var pid) || json.TryNumber("process"u8, out pid) ? $"pid {(long)pid}" : Path.GetFileName(line.Context.File);
        tally.Sample(name, MemoryName, line.At, (long)bytes);
        tally.CountFormat(MemoryName, 1);
        return true;
    }
}
