using LeakySpanner.Target.Linux;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Linux;

public sealed class CLibraryTests
{
    [Theory]
    [InlineData("/usr/lib/x86_64-linux-gnu/libc.so.6", CLibrary.Glibc)]
    [InlineData("/lib/x86_64-linux-gnu/libc-2.31.so", CLibrary.Glibc)]
    [InlineData("/lib/ld-musl-x86_64.so.1", CLibrary.Musl)]
    [InlineData("/lib/ld-musl-aarch64.so.1", CLibrary.Musl)]
    [InlineData("/usr/lib/x86_64-linux-gnu/libjemalloc.so.2", CLibrary.OtherAllocator)]
    [InlineData("/usr/lib/libcrypt.so.1", CLibrary.Unknown)]
    public void A_library_tells_by_its_name(string path, CLibrary library) => Of(path).ShouldBe(library);

    [Fact]
    public void An_allocator_in_front_of_the_library_is_the_one_that_counts()
    {
        Of("/usr/lib/libc.so.6", "/usr/lib/libtcmalloc_minimal.so.4").ShouldBe(CLibrary.OtherAllocator);

        // Alpine's gcompat puts a library of glibc's name beside musl.
        Of("/lib/libc.so.6", "/lib/ld-musl-x86_64.so.1").ShouldBe(CLibrary.Musl);
        Of().ShouldBe(CLibrary.Unknown);
    }

    private static CLibrary Of(params string[] paths) => CLibraries.Of(
        ProcMaps.Parse(string.Join('\n', paths.Select((path, index) => $"{(index + 1) * 0x10000:x}-{((index + 1) * 0x10000) + 0x1000:x} r-xp 0 00:01 5 {path}"))));
}
