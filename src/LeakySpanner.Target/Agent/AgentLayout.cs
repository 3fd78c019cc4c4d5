namespace LeakySpanner.Target.Agent;

/// <summary>
/// The file in which the sampling agent (agent/, in C) keeps what it knows, shared with every observer: a mirror of agent/wire.h, which
/// explains it; a test compares the two. All numbers are little-endian.
/// </summary>
public static class AgentLayout
{
    /// <summary>"LEAKYAG1" as the first eight bytes.</summary>
    public static ReadOnlySpan<byte> Magic => "LEAKYAG1"u8;

    public const uint Version = 2;

    public const int Slots = 1 << 15;

    public const int Events = 1 << 15;

    public const int Stacks = 1 << 13;

    public const int Frames = 1 << 17;

    public const int Codes = 1 << 13;

    public const int Text = 1 << 20;

    public const int DeepestStack = 96;

    /// <summary>u64 address (0: free), u64 bytes, u64 time ns, u64 request, u32 stack, u32 thread.</summary>
    public const int SlotSize = 40;

    /// <summary>u64 number + 1, u64 time ns, u64 address, u64 bytes, u64 request, u32 stack, u16 kind, u16 domain, u32 thread, u32 ending.</summary>
    public const int EventSize = 56;

    /// <summary>u32 first frame, u16 depth, u16 cut.</summary>
    public const int StackSize = 8;

    /// <summary>u32 code, i32 instruction.</summary>
    public const int FrameSize = 8;

    /// <summary>u64 identity, u32 file, u32 name, u32 lines, i32 first line, u32 kind, u32 zero.</summary>
    public const int CodeSize = 32;

    /// <summary>Offsets in the header.</summary>
    public static class Header
    {
        public const int Magic = 0;
        public const int Version = 8;
        public const int Size = 12;
        public const int Pid = 16;
        public const int State = 20;
        public const int StartedNanoseconds = 24;
        public const int MeanBytes = 32;
        public const int Python = 40;
        public const int Native = 44;

        /// <summary>Six u64: where the tables are. Slots, events, stacks, frames, codes, text.</summary>
        public const int Tables = 48;

        /// <summary>Six u32: how large they are.</summary>
        public const int Counts = 96;

        public const int Samples = 120;
        public const int SlotsFull = 128;
        public const int StacksFull = 136;
        public const int NoPython = 144;
        public const int StacksUsed = 152;
        public const int FramesUsed = 160;
        public const int CodesUsed = 168;
        public const int TextUsed = 176;
        public const int EventNext = 184;
        public const int EventsLost = 192;
        public const int EventRead = 200;
        public const int LiveBlocks = 208;
        public const int End = 216;
    }
}
