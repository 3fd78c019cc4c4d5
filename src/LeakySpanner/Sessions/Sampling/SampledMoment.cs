using LeakySpanner.Model.Usage;

namespace LeakySpanner.Sessions.Sampling;

/// <summary>Why a moment was kept.</summary>
internal enum MomentKind
{
    /// <summary>Memory was most.</summary>
    Peak,

    /// <summary>The end, or now.</summary>
    End,

    /// <summary>Somebody sent SIGUSR2.</summary>
    Asked,

    /// <summary>One of several at equal distances.</summary>
    Regular,
}

/// <param name="Kind">Why it was kept.</param>
/// <param name="Profile">What was alive.</param>
internal readonly record struct SampledMoment(MomentKind Kind, AllocationProfile Profile);
