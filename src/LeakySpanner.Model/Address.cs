using System.Globalization;

namespace LeakySpanner.Model;

/// <summary>An address in the observed process; never a pointer of ours.</summary>
public readonly record struct Address(ulong Value) : IComparable<Address>
{
    public static readonly Address Null;

    public bool IsNull => Value == 0;

    public int CompareTo(Address other) => Value.CompareTo(other.Value);

    /// <summary>Wraps like the target's own arithmetic: a hostile offset cannot throw here, only fail to be read.</summary>
    public static Address operator +(Address a, long offset) => new(unchecked(a.Value + (ulong)offset));

    public static long operator -(Address a, Address b) => unchecked((long)(a.Value - b.Value));

    public static bool operator <(Address a, Address b) => a.Value < b.Value;

    public static bool operator >(Address a, Address b) => a.Value > b.Value;

    public static bool operator <=(Address a, Address b) => a.Value <= b.Value;

    public static bool operator >=(Address a, Address b) => a.Value >= b.Value;

    public override string ToString() => "0x" + Value.ToString("x", CultureInfo.InvariantCulture);
}
