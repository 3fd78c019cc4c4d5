using LeakySpanner.Target;
using LeakySpanner.Testing.Recording;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target;

public sealed class ProcessFinderTests : IDisposable
{
    private const string Listening = "  0: 0100007F:1F40 00000000:0000 0A 0:0 00:0 0 1000 0 5001 1 0\n";

    private readonly FakeRoot root = new();

    public void Dispose() => root.Dispose();

    [Fact]
    public void Workers_that_share_a_listening_socket_are_all_found()
    {
        Process(100, 1, "gunicorn", "gunicorn", "app:app");
        Process(101, 100, "gunicorn", "gunicorn", "app:app");
        Process(102, 1, "bystander", "sleep", "9");
        foreach (var pid in (int[])[100, 101, 102])
            root.Write($"/{pid}/net/tcp", Listening);
        root.Link("/100/fd/5", "socket:[5001]");
        root.Link("/101/fd/5", "socket:[5001]");
        root.Link("/102/fd/0", "socket:[5002]");

        ProcessFinder.ByPort(8000, root.Folder).ShouldBe([new(100, 1, "gunicorn app:app"), new(101, 100, "gunicorn app:app")]);
        ProcessFinder.ByPort(8001, root.Folder).ShouldBeEmpty();
    }

    [Fact]
    public void A_port_of_another_network_namespace_is_found_by_its_own_table()
    {
        Process(100, 1, "host", "host");
        Process(200, 1, "contained", "contained");
        root.Link("/100/ns/net", "net:[1]");
        root.Link("/200/ns/net", "net:[2]");
        root.Write("/200/net/tcp6", Listening.Replace("0100007F", new string('0', 32), StringComparison.Ordinal)
            .Replace("00000000:0000", new string('0', 32) + ":0000", StringComparison.Ordinal));
        root.Link("/100/fd/5", "socket:[5001]");
        root.Link("/200/fd/5", "socket:[5001]");

        ProcessFinder.ByPort(8000, root.Folder).Single().Pid.ShouldBe(200);
    }

    [Theory]
    [InlineData("uvicorn", 10)]
    [InlineData("python3", 11)]
    [InlineData("/usr/bin/python3", 11)]
    [InlineData("*shop.main:app*", 11)]
    [InlineData("uv?corn", 10)]
    [InlineData("u*n", 10)]
    public void A_name_matches_comm_program_or_command_line(string pattern, int pid)
    {
        Process(10, 1, "uvicorn", "/srv/venv/bin/python", "/srv/venv/bin/uvicorn");
        Process(11, 1, "MainThread", "/usr/bin/python3", "-m", "uvicorn", "shop.main:app");
        Process(12, 1, "sh", "sh", "-c", "true");

        ProcessFinder.ByName(pattern, root.Folder).Select(candidate => candidate.Pid).ShouldBe([pid]);
    }

    [Theory]
    [InlineData("Uvicorn")]
    [InlineData("corn")]
    [InlineData("")]
    [InlineData("?")]
    public void A_name_matches_whole_and_exactly(string pattern)
    {
        Process(10, 1, "uvicorn", "uvicorn");

        ProcessFinder.ByName(pattern, root.Folder).ShouldBeEmpty();
    }

    [Fact]
    public void Zombies_and_what_is_no_process_are_passed_over()
    {
        root.Write("/10/stat", "10 (uvicorn) Z 1" + string.Concat(Enumerable.Repeat(" 5", 30)));
        root.Write("/11/stat", "nonsense");
        root.Write("/uptime", "1 2");
        Directory.CreateDirectory(root.Folder + "/12");

        ProcessFinder.ByName("*", root.Folder).ShouldBeEmpty();
    }

    [Fact]
    public void Descendants_are_found_whatever_their_pids()
    {
        Process(50, 1, "server", "server");
        Process(60, 50, "worker", "worker");
        Process(20, 60, "helper", "helper");
        Process(70, 1, "other", "other");

        ProcessFinder.Descendants(50, root.Folder).Select(candidate => candidate.Pid).ShouldBe([20, 60]);
    }

    [Fact]
    public void Stars_cost_no_more_than_the_product_of_the_lengths()
    {
        Process(10, 1, "x", new string('a', 20_000));

        ProcessFinder.ByName(string.Concat(Enumerable.Repeat("*a", 60)) + "*b", root.Folder).ShouldBeEmpty();
    }

    private void Process(int pid, int parent, string name, params string[] arguments)
    {
        root.Write($"/{pid}/stat", $"{pid} ({name}) S {parent}" + string.Concat(Enumerable.Repeat(" 5", 30)));
        root.Write($"/{pid}/comm", name + "\n");
        root.Write($"/{pid}/cmdline", string.Join('\0', arguments) + "\0");
    }
}
