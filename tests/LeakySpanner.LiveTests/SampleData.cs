using LeakySpanner.Testing.Live;
using Xunit;

namespace LeakySpanner.LiveTests;

/// <summary>Names of samples, as theory data that a test explorer can list one by one.</summary>
internal static class SampleData
{
    public static TheoryData<string> Healthy => Names(sample => sample.Culprit is null);

    public static TheoryData<string> FullContainers => Names(sample => sample.Culprit is { } culprit && culprit.Kinds.Contains("container"));

    public static TheoryData<string> OtherLeaks => Names(sample => sample.Culprit is { } culprit && !culprit.Kinds.Contains("container"));

    private static TheoryData<string> Names(Func<Sample, bool> wanted) => [.. Sample.All.Where(wanted).Select(sample => sample.Name)];
}
