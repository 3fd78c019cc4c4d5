using System.Collections.Immutable;

namespace LeakySpanner.CPython.Layouts;

/// <summary>States the differences of one version's fixed objects to another's.</summary>
internal static class FixedObjects
{
    /// <summary>The same objects, with these in the place of those of the same names, and new names at the end.</summary>
    public static ImmutableArray<FixedObjectLayout> With(this ImmutableArray<FixedObjectLayout> fixedObjects, params ReadOnlySpan<FixedObjectLayout> changed)
    {
        var result = fixedObjects.ToBuilder();
        foreach (var change in changed)
        {
            var at = fixedObjects.IndexOf(fixedObjects.FirstOrDefault(known => known.TypeName == change.TypeName)!);
            if (at < 0)
                result.Add(change);
            else
                result[at] = change;
        }

        return result.ToImmutable();
    }
}
