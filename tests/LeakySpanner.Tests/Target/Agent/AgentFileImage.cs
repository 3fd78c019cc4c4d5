using System.Buffers.Binary;
using System.Text;
using LeakySpanner.Target.Agent;

namespace LeakySpanner.Tests.Target.Agent;

/// <summary>A file as the agent writes it, made by hand.</summary>
internal sealed class AgentFileImage : IDisposable
{
    private static readonly int[] Sizes =
    [
        AgentLayout.Slots * AgentLayout.SlotSize, AgentLayout.Events * AgentLayout.EventSize, AgentLayout.Stacks * AgentLayout.StackSize,
        AgentLayout.Frames * AgentLayout.FrameSize, AgentLayout.Codes * AgentLayout.CodeSize, AgentLayout.Text,
    ];

    private static readonly int[] Counts = [AgentLayout.Slots, AgentLayout.Events, AgentLayout.Stacks, AgentLayout.Frames, AgentLayout.Codes, AgentLayout.Text];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("leakyspanner-agent-");

    public AgentFileImage()
    {
        Bytes = new byte[4096 + Sizes.Sum()];
        AgentLayout.Magic.CopyTo(Bytes);
        Set32(AgentLayout.Header.Version, AgentLayout.Version);
        Set32(AgentLayout.Header.Size, AgentLayout.Header.End);
        Set32(AgentLayout.Header.Pid, 4121);
        Set32(AgentLayout.Header.Python, 0x030b02f0);
        Set64(AgentLayout.Header.MeanBytes, 131072);
        Set64(AgentLayout.Header.StacksUsed, 1);
        var at = 4096L;
        for (var i = 0; i < Sizes.Length; i++)
        {
            Set64(AgentLayout.Header.Tables + (i * 8), at);
            Set32(AgentLayout.Header.Counts + (i * 4), (uint)Counts[i]);
            at += Sizes[i];
        }
    }

    public byte[] Bytes { get; }

    public void Set32(long offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Bytes.AsSpan((int)offset), value);

    public void Set64(long offset, long value) => BinaryPrimitives.WriteInt64LittleEndian(Bytes.AsSpan((int)offset), value);

    public long Get64(int offset) => BinaryPrimitives.ReadInt64LittleEndian(Bytes.AsSpan(offset));

    public int AddCode(string file, string name, byte[] lines, int firstLine, bool isNative = false)
    {
        var number = (int)Get64(AgentLayout.Header.CodesUsed);
        var at = Table(4) + (number * AgentLayout.CodeSize);
        Set32(at + 8, AddText(Encoding.UTF8.GetBytes(file)));
        Set32(at + 12, AddText(Encoding.UTF8.GetBytes(name)));
        Set32(at + 16, AddText(lines));
        Set32(at + 20, (uint)firstLine);
        Set32(at + 24, isNative ? 1u : 0);
        Set64(AgentLayout.Header.CodesUsed, number + 1);
        return number;
    }

    /// <param name="frames">The innermost first.</param>
    public int AddStack(params (int Code, int Instruction)[] frames)
    {
        var (number, first) = ((int)Get64(AgentLayout.Header.StacksUsed), Get64(AgentLayout.Header.FramesUsed));
        Set32(Table(2) + (number * AgentLayout.StackSize), (uint)first);
        Set32(Table(2) + (number * AgentLayout.StackSize) + 4, (uint)frames.Length);
        for (var i = 0; i < frames.Length; i++)
        {
            Set32(Table(3) + ((first + i) * AgentLayout.FrameSize), (uint)frames[i].Code);
            Set32(Table(3) + ((first + i) * AgentLayout.FrameSize) + 4, (uint)frames[i].Instruction);
        }

        Set64(AgentLayout.Header.FramesUsed, first + frames.Length);
        Set64(AgentLayout.Header.StacksUsed, number + 1);
        return number;
    }

    public void AddEvent(bool isFree, ulong address, long bytes, int stack, int thread = 4121)
    {
        var number = Get64(AgentLayout.Header.EventNext);
        var at = Table(1) + (number % AgentLayout.Events * AgentLayout.EventSize);
        Set64(at, number + 1);
        Set64(at + 8, 1_000_000_000 + number);
        Set64(at + 16, (long)address);
        Set64(at + 24, bytes);
        Set64(at + 32, 77);
        Set32(at + 40, (uint)stack);
        Set32(at + 44, isFree ? 2u : 1u);
        Set32(at + 48, (uint)thread);
        Set64(AgentLayout.Header.EventNext, number + 1);
    }

    public void SetSlot(int slot, ulong address, long bytes, int stack, long request = 0)
    {
        var at = Table(0) + ((long)slot * AgentLayout.SlotSize);
        Set64(at, (long)address);
        Set64(at + 8, bytes);
        Set64(at + 24, request);
        Set32(at + 32, (uint)stack);
    }

    /// <summary>As the agent names it, in a folder of somebody else's.</summary>
    public string WriteIn(string folder)
    {
        var path = Path.Combine(folder, "4121-5f.agent");
        File.WriteAllBytes(path, Bytes);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    public string Write(UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var path = Path.Combine(_folder.FullName, "4121.agent");
        File.WriteAllBytes(path, Bytes);
        File.SetUnixFileMode(path, mode);
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private uint AddText(byte[] text)
    {
        var used = Get64(AgentLayout.Header.TextUsed);
        Set32(Table(5) + used, (uint)text.Length);
        text.CopyTo(Bytes.AsSpan((int)(Table(5) + used + 4)));
        Set64(AgentLayout.Header.TextUsed, (used + 4 + text.Length + 3) & ~3L);
        return (uint)used;
    }

    private long Table(int index) => Get64(AgentLayout.Header.Tables + (index * 8));
}
