namespace LeakySpanner.Analysis.Sampling;

/// <summary>Stacks by thread, numbered as they come: what a tally counts for, where threads are told apart.</summary>
public sealed class SiteNumbers
{
    /// <summary>Twice as many as there are stacks; what comes later is counted without its thread, or not named at all.</summary>
    public const int Most = 1 << 14;

    private readonly Dictionary<(int Stack, int Thread), int> _numbers = new() { [(0, 0)] = 0 };
    private readonly List<(int Stack, int Thread)> _sites = [(0, 0)];

    public (int Stack, int Thread) this[int number] => _sites[number];

    public int NumberOf(int stack, int thread)
    {
        if (_numbers.TryGetValue((stack, thread), out var number))
            return number;
        if (_sites.Count == Most)
            return _numbers.GetValueOrDefault((stack, 0));
        _sites.Add((stack, thread));
        return _numbers[(stack, thread)] = _sites.Count - 1;
    }
}
