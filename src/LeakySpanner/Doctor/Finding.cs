using System.Collections.Immutable;

namespace LeakySpanner.Doctor;

/// <summary>How much of a diagnosis one thing allows, from all to nothing.</summary>
public enum FindingState
{
    Works,

    /// <summary>Nothing is missing; more could be had.</summary>
    Note,

    /// <summary>Some processes or some answers are out of reach.</summary>
    Limited,

    /// <summary>Nothing can be diagnosed as long as this is so.</summary>
    Broken,
}

/// <param name="Name">Stable key: kernel, seccomp, rights, ptrace_scope, processes, security_module, process, state, access, python, ...</param>
/// <param name="State">What it allows.</param>
/// <param name="Text">What is so, for a person.</param>
public sealed record Finding(string Name, FindingState State, string Text)
{
    /// <summary>What to change; any one of several suffices.</summary>
    public ImmutableArray<Remedy> Remedies { get; init; } = [];
}

/// <summary>What to write where.</summary>
/// <param name="Where">"kubernetes", "docker" or "machine".</param>
/// <param name="Lines">To be copied: commands, or YAML whose indentation counts.</param>
public sealed record Remedy(string Where, params ImmutableArray<string> Lines);
