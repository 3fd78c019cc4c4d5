namespace LeakySpanner.Scanning.Projects;

/// <summary>How often a piece of code runs in the life of the process.</summary>
public enum Frequency : byte
{
    /// <summary>Nothing is known: nobody in the project calls it, or only such code does.</summary>
    Unknown,

    /// <summary>While the process starts or ends, and never again.</summary>
    Once,

    /// <summary>For every request, message or job, for as long as the process lives.</summary>
    Repeated,
}
