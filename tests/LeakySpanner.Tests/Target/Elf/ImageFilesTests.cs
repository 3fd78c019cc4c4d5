using LeakySpanner.Model;
using LeakySpanner.Target;
using LeakySpanner.Target.Elf;
using LeakySpanner.Testing.Recording;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Elf;

/// <summary>A process's folder made of files: what is behind a path differs from root to root, what is in memory does not.</summary>
public sealed class ImageFilesTests : IDisposable
{
    private const ulong Start = 0x7f00_0000_0000;
    private const string Library = "/usr/lib/libruntime.so";

    private readonly FakeRoot root = new();
    private readonly byte[] loaded = new ElfFile([("runtime", 0x1234)]).Bytes;
    private readonly byte[] anotherBuild = new ElfFile([("runtime", 0x9999)]).Bytes;

    private string Process => root.Folder + "/proc/42";

    public void Dispose() => root.Dispose();

    [Fact]
    public void The_file_is_looked_for_in_the_root_of_the_process()
    {
        Write(Process + "/root" + Library, loaded);

        TryOpen(Library).ShouldBeTrue();
    }

    /// <summary>chroot: the kernel prints the path as it is under our root, and under the other root there is nothing, or another file.</summary>
    [Fact]
    public void A_path_may_be_one_of_our_own_root()
    {
        var path = root.Folder + "/jail" + Library;
        Write(path, loaded);
        Write(Process + "/root" + path, anotherBuild);

        TryOpen(path).ShouldBeTrue();
    }

    [Fact]
    public void Where_the_path_leads_nowhere_the_mapping_itself_is_opened()
    {
        Write(Process + "/map_files/7f0000000000-7f0000001000", loaded);

        TryOpen(Library).ShouldBeTrue();
        TryOpen(Library + " (deleted)").ShouldBeTrue();
    }

    [Fact]
    public void An_executable_is_also_behind_the_link_to_it()
    {
        var path = root.Folder + "/old/python3";
        Write(path, loaded);
        root.Link("/proc/42/exe", path);

        TryOpen(path).ShouldBeTrue();
    }

    [Fact]
    public void A_file_of_that_name_with_other_bytes_is_not_believed()
    {
        Write(Process + "/root" + Library, anotherBuild);
        Write(Process + "/map_files/7f0000000000-7f0000001000", anotherBuild);

        TryOpen(Library).ShouldBeFalse();
    }

    [Fact]
    public void A_file_that_was_deleted_is_not_mistaken_for_its_successor()
    {
        Write(root.Folder + "/x/libruntime.so", loaded);

        TryOpen(root.Folder + "/x/libruntime.so (deleted)").ShouldBeFalse();
    }

    [Fact]
    public void What_is_no_ordinary_file_is_not_opened()
    {
        Directory.CreateDirectory(Process + "/root" + Library);

        TryOpen(Library).ShouldBeFalse();
        TryOpen("/dev/zero").ShouldBeFalse();
    }

    [Fact]
    public void Without_the_first_page_in_memory_no_file_is_believed()
    {
        Write(Process + "/root" + Library, loaded);
        var files = new ImageFiles(Process, new RecordedMemory());

        files.TryOpen([Region(Library)]).ShouldBeNull();
    }

    private bool TryOpen(string path)
    {
        using var file = new ImageFiles(Process, new RecordedMemory().Add(new Address(Start), loaded)).TryOpen([Region(path)]);
        return file is not null;
    }

    private static MappedRegion Region(string path) => new(new Address(Start), new Address(Start + 0x1000), "r-xp", 0, 7, path);

    private static void Write(string file, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes);
    }
}
