using LeakySpanner.Testing.Live;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace LeakySpanner.LiveTests.Versions;

/// <summary>
/// Runs once for every <see cref="InstalledPython"/>, whose name is the test's only argument. One that is missing is skipped by name;
/// in CI one that is packaged is not skipped, and fails.
/// </summary>
[XunitTestCaseDiscoverer("LeakySpanner.LiveTests.Versions.PythonTheoryDiscoverer", "LeakySpanner.LiveTests")]
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PythonTheoryAttribute : FactAttribute
{
    /// <summary>Leaves out other builds of a version that another row stands for.</summary>
    public bool EachVersionOnce { get; set; }

    /// <summary>Versions, with spaces between; all where it is empty.</summary>
    public string Only { get; set; } = "";
}

/// <summary>Makes the test cases; xUnit finds it by its name.</summary>
public sealed class PythonTheoryDiscoverer(IMessageSink diagnostics) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
    {
        var (display, options) = (discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault());
        var once = factAttribute.GetNamedArgument<bool>(nameof(PythonTheoryAttribute.EachVersionOnce));
        var only = (factAttribute.GetNamedArgument<string?>(nameof(PythonTheoryAttribute.Only)) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var python in once ? LiveParts.EachVersion : InstalledPython.All)
        {
            if (only.Length > 0 && !only.Contains(python.Feature.ToString()))
                continue;
            yield return LiveParts.SkipReasonOf(python) is { } reason
                ? new XunitSkippedDataRowTestCase(diagnostics, display, options, testMethod, reason, [python.Name])
                : new XunitTestCase(diagnostics, display, options, testMethod, [python.Name]);
        }
    }
}
