using System.Globalization;
using LeakySpanner.Analysis.Rhythm;

namespace LeakySpanner.Reports;

/// <summary>Periods as people say them.</summary>
internal static class RhythmText
{
    private static readonly TimeSpan AMoment = TimeSpan.FromSeconds(5);

    /// <summary>"every hour at :00", "every day at 03:00", "every 15 min at :05", "every Monday at 03:00".</summary>
    public static string Of(ClockPeriod clock)
    {
        // What a scheduler starts comes first, what it causes some seconds later: the minute in which the earliest of them fall, clocks being a moment off.
        var earliest = clock.Phase - (clock.Width / 2) + AMoment;
        earliest += earliest < TimeSpan.Zero ? clock.Period : TimeSpan.Zero;
        var phase = TimeSpan.FromMinutes(Math.Floor(earliest.TotalMinutes));
        var time = phase.ToString(@"hh\:mm", CultureInfo.InvariantCulture);
        return clock.Period switch
        {
            { TotalDays: 7 } => $"every {(DayOfWeek)((phase.Days + 1) % 7)} at {time}",
            { TotalDays: 1 } => $"every day at {time}",
            { TotalHours: 1 } => string.Create(CultureInfo.InvariantCulture, $"every hour at :{phase.Minutes:00}"),
            { TotalHours: > 1 } => string.Create(CultureInfo.InvariantCulture, $"every {clock.Period.TotalHours:0} h, at {time} among others"),
            _ => string.Create(CultureInfo.InvariantCulture, $"every {clock.Period.TotalMinutes:0} min, at :{phase.Minutes % (int)clock.Period.TotalMinutes:00} among others"),
        };
    }
}
