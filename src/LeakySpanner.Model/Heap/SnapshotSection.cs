namespace LeakySpanner.Model.Heap;

/// <summary>Sections of a snapshot file, in the order in which they stand. The numbers are part of the format.</summary>
internal enum SnapshotSection
{
    Session = 1,
    Types = 2,
    Addresses = 3,
    TypeIds = 4,
    Sizes = 5,
    LargeSizes = 6,
    EdgeStarts = 7,
    Edges = 8,
    Roots = 9,
    Names = 10,
    Bounds = 11,
    Codes = 12,
    Routes = 13,
    End = 14,
}
