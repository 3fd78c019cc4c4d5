using FsCheck;
using FsCheck.Fluent;
using LeakySpanner.Target.Linux;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Linux;

public sealed class SocketTableTests
{
    private const string Text = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 5001 1 0 100 0 0 10 0
           1: 0100007F:1F40 0200A8C0:C350 08 00000000:00000000 00:00000000 00000000  1000        0 5002 1 0 20 4 0 10 -1
           2: 0100007F:1F40 0200A8C0:C351 06 00000000:00000000 00:00000000 00000000  1000        0 0 1 0 20 4 0 10 -1
           3: 0000000000000000FFFF00000100007F:0050 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 5003 1 0 100 0
        """;

    [Fact]
    public void Addresses_ports_states_and_inodes_are_understood()
    {
        var sockets = new Dictionary<long, TcpSocket>();
        SocketTable.Parse(Text, sockets);

        sockets.Keys.Order().ShouldBe([5001L, 5002L, 5003L]);
        sockets[5001].Local.ToString().ShouldBe("127.0.0.1:8000");
        sockets[5001].State.ShouldBe(TcpState.Listen);
        sockets[5002].Remote.ToString().ShouldBe("192.168.0.2:50000");
        sockets[5002].State.ShouldBe(TcpState.CloseWait);
        sockets[5003].Local.ToString().ShouldBe("127.0.0.1:80");
    }

    [Theory]
    [InlineData("socket:[5001]", DescriptorKind.Socket, "127.0.0.1:8000 LISTEN")]
    [InlineData("socket:[5002]", DescriptorKind.Socket, "127.0.0.1:8000 > 192.168.0.2:50000 CLOSEWAIT")]
    [InlineData("socket:[77]", DescriptorKind.Socket, "")]
    [InlineData("socket:[x]", DescriptorKind.Socket, "")]
    [InlineData("pipe:[12]", DescriptorKind.Pipe, "pipe:[12]")]
    [InlineData("anon_inode:[eventpoll]", DescriptorKind.Anonymous, "eventpoll")]
    [InlineData("/memfd:ring (deleted)", DescriptorKind.Memory, "/memfd:ring (deleted)")]
    [InlineData("/dev/null", DescriptorKind.Device, "/dev/null")]
    [InlineData("/var/log/app.log", DescriptorKind.File, "/var/log/app.log")]
    [InlineData(null, DescriptorKind.Unknown, "")]
    public void Descriptors_are_told_by_kind_and_name(string? link, DescriptorKind kind, string name)
    {
        var sockets = new Dictionary<long, TcpSocket>();
        SocketTable.Parse(Text, sockets);

        var descriptor = OpenDescriptor.Of(3, link, System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(sockets));

        (descriptor.Kind, descriptor.Name).ShouldBe((kind, name));
    }

    [Fact]
    public void No_text_throws() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            SocketTable.Parse($"0: {text}:1F40 {text} 0A 0 0 0 0 0 5 0", []);
            SocketTable.Parse($"0: 0100007F:{text} 0100007F:1 {text} 0 0 0 0 0 {text} 0", []);
        }).QuickCheckThrowOnFailure();
}
