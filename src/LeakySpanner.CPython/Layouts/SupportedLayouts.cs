namespace LeakySpanner.CPython.Layouts;

/// <summary>The versions that can be read.</summary>
public static class SupportedLayouts
{
    public static readonly IReadOnlyList<PythonLayout> All =
        [Python38.Layout, Python39.Layout, Python310.Layout, Python311.Layout, Python312.Layout, Python313.Layout, Python314.Layout, Python315.Layout];

    public static PythonLayout? Find(Version version) =>
        All.FirstOrDefault(layout => layout.Version.Major == version.Major && layout.Version.Minor == version.Minor);
}
