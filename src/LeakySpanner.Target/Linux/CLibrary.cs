namespace LeakySpanner.Target.Linux;

/// <summary>Whose malloc a process uses, as far as what it has mapped tells.</summary>
public enum CLibrary
{
    Unknown,
    Glibc,

    /// <summary>Alpine's. Its loader and its library are one file, ld-musl-x86_64.so.1.</summary>
    Musl,

    /// <summary>jemalloc, tcmalloc or mimalloc, loaded in front of the C library's own.</summary>
    OtherAllocator,
}

public static class CLibraries
{
    public static CLibrary Of(IEnumerable<MappedRegion> regions)
    {
        var found = CLibrary.Unknown;
        foreach (var region in regions)
        {
            if (region.Inode == 0)
                continue;
            var name = Path.GetFileName(region.Path.AsSpan());
            if (name.StartsWith("libjemalloc") || name.StartsWith("libtcmalloc") || name.StartsWith("libmimalloc"))
                return CLibrary.OtherAllocator;
            if (name.StartsWith("ld-musl-"))
                found = CLibrary.Musl;
            else if (found == CLibrary.Unknown && (name.StartsWith("libc.so.6") || name.StartsWith("libc-2.")))
                found = CLibrary.Glibc;
        }

        return found;
    }
}
