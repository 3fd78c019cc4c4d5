using LeakySpanner.Reports.Profiles.Saved;

namespace LeakySpanner.Tests.Cli.Reports.Profiles;

/// <summary>A shop whose cache grows: 90 MB alive of 120 MB at the peak.</summary>
internal static class SavedRuns
{
    public const string Source = """
        import numpy
        results = {}

        def search(q):
            if q not in results:
                results[q] = expensive(q)
            return results[q]




        def expensive(q):
            return q * 10

        def walk(node):
            return [walk(child) for child in node]
        """;

    private const long MB = 1 << 20;

    public static SavedRun Shop { get; } = new(SavedRun.Name, "0.1.0", new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.Zero),
    [
        new SavedProcess(
            4121, "uvicorn shop:app", "CPython 3.11.2", 131072, true, [], null,
            [
                new("<module>", "/srv/shop/main.py", 3), new("search", "/srv/shop/app/cache.py", 6), new("expensive", "/srv/shop/app/cache.py", 13),
                new("search", "/srv/shop/app/cache.py", 7), new("walk", "/srv/shop/app/cache.py", 16), new("libblas.so", "", 0), new("get", "/srv/other/cache.py", 1),
            ],
            [
                new([0, 1, 2], 4121, false), new([0, 1], 4121, false), new([0, 3, 5], 4121, false), new([0, 4, 4, 4], 4121, false), new([0, 6], 4121, false), new([5], 4121, false),
            ],
            [new(4121, "uvicorn")],
            [
                new("peak", 5, [0, 1, 2, 4, 5], [60 * MB, 20 * MB, 20 * MB, 10 * MB, 10 * MB], [60, 20, 1, 1, 1], [60, 20, 1, 1, 1], [0, 0, 0, 0, 0]),
                new("regular", 6, [0], [1 * MB], [1], [1], [0]),
                new("end", 7, [0, 1, 3], [60 * MB, 20 * MB, 10 * MB], [60, 20, 10], [60, 20, 10], [0, 0, 0]),
            ],
            [new("/srv/shop/app/cache.py", [new(6, "        results[q] = expensive(q)"), new(13, "    return q * 10")])]),
    ]);
}
