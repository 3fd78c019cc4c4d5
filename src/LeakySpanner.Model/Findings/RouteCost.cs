using System.Collections.Immutable;

namespace LeakySpanner.Model.Findings;

/// <summary>What a request of one route leaves behind.</summary>
/// <param name="Route">"GET /query/{q}".</param>
/// <param name="Requests">That were counted while memory was watched.</param>
/// <param name="BytesPerRequest">Estimate; never negative.</param>
/// <param name="Low">Lower end of the 95 % interval; may be negative, so that an interval that contains 0 says so.</param>
/// <param name="High">Upper end.</param>
/// <param name="ShareOfGrowth">0 to 1 of the growth that requests explain, or null where nothing grew, or where it cannot be told from other routes'.</param>
public sealed record RouteCost(string Route, long Requests, double BytesPerRequest, double Low, double High, double? ShareOfGrowth)
{
    /// <summary>Whether the interval lies above 0.</summary>
    public bool IsLeaking => Low > 0;
}

/// <summary>Growth of memory shared out among routes.</summary>
/// <param name="Routes">By bytes left behind in all, descending.</param>
/// <param name="BackgroundBytesPerMinute">Growth that goes with time and not with requests.</param>
/// <param name="Intervals">Stretches of time that were compared; 0 where there was too little to say anything.</param>
/// <param name="Notes">Why nothing can be said, or which routes cannot be told apart because they are always called together.</param>
public sealed record RouteCosts(ImmutableArray<RouteCost> Routes, double? BackgroundBytesPerMinute, int Intervals, ImmutableArray<string> Notes);
