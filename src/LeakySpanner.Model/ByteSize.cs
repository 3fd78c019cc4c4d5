using System.Globalization;

namespace LeakySpanner.Model;

/// <summary>A number of bytes. Printed in binary units, MB being 1024 x 1024 as in psutil's and the kernel's tools.</summary>
public readonly record struct ByteSize(long Bytes) : IComparable<ByteSize>
{
    public const long KB = 1024;
    public const long MB = 1024 * KB;
    public const long GB = 1024 * MB;

    public static readonly ByteSize Zero;

    public static ByteSize FromMB(double megabytes) => new((long)(megabytes * MB));

    public double InMB => Bytes / (double)MB;

    public int CompareTo(ByteSize other) => Bytes.CompareTo(other.Bytes);

    public static ByteSize operator +(ByteSize a, ByteSize b) => new(a.Bytes + b.Bytes);

    public static ByteSize operator -(ByteSize a, ByteSize b) => new(a.Bytes - b.Bytes);

    public static bool operator <(ByteSize a, ByteSize b) => a.Bytes < b.Bytes;

    public static bool operator >(ByteSize a, ByteSize b) => a.Bytes > b.Bytes;

    public static bool operator <=(ByteSize a, ByteSize b) => a.Bytes <= b.Bytes;

    public static bool operator >=(ByteSize a, ByteSize b) => a.Bytes >= b.Bytes;

    /// <summary>"612 MB", "2.4 KB", "1.0 GB": three significant figures at most.</summary>
    public override string ToString()
    {
        var magnitude = Math.Abs((double)Bytes);
        return magnitude switch
        {
            < KB => string.Create(CultureInfo.InvariantCulture, $"{Bytes} B"),
            < MB => Scaled(KB, "KB"),
            < GB => Scaled(MB, "MB"),
            _ => Scaled(GB, "GB"),
        };
    }

    private string Scaled(long unit, string name)
    {
        var value = Bytes / (double)unit;
        return value.ToString(Math.Abs(value) < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) + " " + name;
    }
}
