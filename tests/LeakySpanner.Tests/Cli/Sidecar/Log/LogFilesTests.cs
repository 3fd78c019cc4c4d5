using System.Text;
using LeakySpanner.Sidecar.Log;
using LeakySpanner.Testing.Time;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Sidecar.Log;

public sealed class LogFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("logs");
    private readonly ManualClock _clock = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_file_is_named_after_the_local_time_and_is_its_owners_alone()
    {
        using var files = new LogFiles(Path.Combine(_folder.FullName, "new", "folder"), 1 << 20, _clock);
        files.Write("one\n"u8);
        files.Write("two\n"u8);

        Path.GetFileName(files.Current).ShouldBe("leakyspanner_20260301_143200.log");
        File.ReadAllText(files.Current!).ShouldBe("one\ntwo\n");
        File.GetUnixFileMode(files.Current!).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void Two_sessions_of_one_second_do_not_share_a_file()
    {
        using var first = new LogFiles(_folder.FullName, 1 << 20, _clock);
        using var second = new LogFiles(_folder.FullName, 1 << 20, _clock);

        second.Current.ShouldEndWith("leakyspanner_20260301_143200_2.log");
        first.Current.ShouldNotBe(second.Current);
    }

    [Fact]
    public void All_files_together_keep_to_the_bound_and_the_first_and_the_newest_lines_are_kept()
    {
        const int Bound = 40_000;
        using var files = new LogFiles(_folder.FullName, Bound, _clock);
        for (var line = 0; line < 5_000; line++)
            files.Write(Encoding.UTF8.GetBytes($"line {line:00000} with a few words\n"));

        var all = _folder.GetFiles().OrderBy(file => file.Name.Length).ThenBy(file => file.Name, StringComparer.Ordinal).ToList();
        all.Sum(file => file.Length).ShouldBeLessThanOrEqualTo(Bound);
        all.Count.ShouldBe(4);
        File.ReadLines(all[0].FullName).First().ShouldBe("line 00000 with a few words");
        File.ReadLines(files.Current!).Last().ShouldBe("line 04999 with a few words");
        foreach (var file in all)
            File.ReadAllText(file.FullName).ShouldMatch(@"\A(line \d{5} with a few words\n)+\z");
    }

    [Fact]
    public void A_file_that_was_moved_away_is_made_anew()
    {
        using var files = new LogFiles(_folder.FullName, 1 << 20, _clock);
        files.Write("before\n"u8);
        var name = files.Current!;
        File.Move(name, name + ".1");

        files.Write("after\n"u8);

        files.Current.ShouldBe(name);
        File.ReadAllText(name).ShouldBe("after\n");
        File.ReadAllText(name + ".1").ShouldBe("before\n");
    }

    [Fact]
    public void What_cannot_be_written_is_counted_and_tried_again()
    {
        var blocked = Path.Combine(_folder.FullName, "logs");
        File.WriteAllText(blocked, "a file where the folder should be");
        using var files = new LogFiles(blocked, 1 << 20, _clock);
        files.Write("lost\n"u8);
        (files.Current, files.Missed).ShouldBe((null, 5));
        files.Trouble!.ShouldContain(blocked);

        File.Delete(blocked);
        files.Write("lost too\n"u8);
        files.Missed.ShouldBe(14);
        _clock.AdvanceSeconds(31);
        files.Write("kept\n"u8);

        (files.Trouble, files.Missed).ShouldBe((null, 0));
        File.ReadAllText(files.Current!).ShouldBe("kept\n");
    }
}
