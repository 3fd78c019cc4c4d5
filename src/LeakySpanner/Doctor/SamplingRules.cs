using System.Globalization;
using LeakySpanner.CPython.Runtime;

namespace LeakySpanner.Doctor;

/// <summary>Whether allocations of a process can be sampled as it runs, and what to do where they cannot.</summary>
internal static class SamplingRules
{
    /// <param name="runtime">"CPython 3.11.2".</param>
    /// <param name="feature">3.11.</param>
    /// <param name="allowed">Whether its owner lets others ask it to run a script; null where its version knows no such thing.</param>
    /// <param name="isLoaded">The agent's library is in it.</param>
    public static Finding Of(string runtime, Version feature, bool? allowed, bool isLoaded, int pid) => (isLoaded, RemoteScript.IsKnownTo(feature), allowed) switch
    {
        (true, _, _) => new Finding("sampling", FindingState.Works, "the agent that samples allocations is loaded in it"),
        (_, true, true) => new Finding("sampling", FindingState.Works, string.Create(CultureInfo.InvariantCulture, $"the agent that samples allocations can be attached: `leakyspanner run --pid {pid}`")),
        (_, true, _) => new Finding("sampling", FindingState.Note, "allocations cannot be sampled as it runs: its owner has forbidden it to be asked (PYTHON_DISABLE_REMOTE_DEBUG, -X disable-remote-debug)")
        {
            Remedies = Restart,
        },
        _ => new Finding("sampling", FindingState.Note, $"allocations of {runtime} cannot be sampled as it runs: safely attaching came with 3.14, and no other way is safe") { Remedies = Restart },
    };

    private static System.Collections.Immutable.ImmutableArray<Remedy> Restart =>
        [new Remedy("machine", "leakyspanner run -- COMMAND   # starts the service under the agent; or call leakyspanner(app) in it")];
}
