namespace LeakySpanner.Target.Requests;

/// <summary>
/// The file in which a worker writes its requests down, shared between the application (python/leakyspanner/_ring.py) and every
/// observer. All numbers are little-endian. See docs/sidecar.md.
/// </summary>
public static class RequestRingLayout
{
    /// <summary>"LEAKYSP1" as the first eight bytes.</summary>
    public static ReadOnlySpan<byte> Magic => "LEAKYSP1"u8;

    public const uint Version = 1;

    public const int HeaderSize = 4096;

    /// <summary>u64 sequence, u64 started ns, u64 duration ns, u64 response bytes, i64 RSS delta, u32 endpoint, u32 overlapped,
    /// u16 status, u8 kind, u8 flags, u32 request's number, u64 sequence again.</summary>
    public const int RecordSize = 64;

    /// <summary>Record N stands in slot (N - 1) % Records.</summary>
    public const int Records = 8192;

    /// <summary>Names: u16 length and UTF-8 bytes, one after the other; the index is the order. 0 is "(unmatched)", 1 is "(other)".</summary>
    public const int NamesOffset = HeaderSize + (Records * RecordSize);

    public const int NamesSize = 65536;

    public const int FileSize = NamesOffset + NamesSize;

    /// <summary>RSS delta of a record for which it was not measured.</summary>
    public const long NotMeasured = long.MinValue;

    /// <summary>Offsets in the header.</summary>
    public static class Header
    {
        public const int Magic = 0;
        public const int Version = 8;
        public const int HeaderSize = 12;
        public const int RecordSize = 16;
        public const int RecordCount = 20;
        public const int NamesOffset = 24;
        public const int NamesSize = 28;
        public const int Pid = 32;
        public const int CreatedNanoseconds = 40;

        /// <summary>u64: bytes of the name table in use; written after the name.</summary>
        public const int NamesUsed = 48;

        /// <summary>u64: requests in progress.</summary>
        public const int InProgress = 56;
    }
}
