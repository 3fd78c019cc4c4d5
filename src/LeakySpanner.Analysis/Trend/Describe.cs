using System.Globalization;

namespace LeakySpanner.Analysis.Trend;

/// <summary>The sentences of a verdict.</summary>
internal static class Describe
{
    public static string Leak(Shape shape, Floor floor) => (shape, floor.Drops) switch
    {
        (Shape.WarmUpThenLinear, _) => "after a start at another pace it grows steadily, and does not slow down",
        (Shape.Stairs, _) => "rises by equal steps at equal distances, and does not slow down",
        (_, > 0) => Text($"what is left after each of {floor.Drops} drops keeps growing, and does not slow down"),
        _ => "grows steadily, gives nothing back and does not slow down",
    };

    public static string LeakOverDrops(double growth, Floor floor) =>
        Text($"grew by {growth:0.0} MB, of which at most {floor.LargestDrop:0.0} MB were ever given back at once, and does not slow down");

    public static string Little(double growth, double least) =>
        Text($"grows steadily, but only by {growth:0.00} MB so far; less than {least} MB says nothing");

    public static string RarelySeen(Floor floor) =>
        Text($"memory rises and falls by up to {floor.LargestDrop:0.0} MB, and was not seen to come back to its floor often enough");

    public static string NoLeak(Shape shape, Floor floor) => (shape, floor.Drops) switch
    {
        (Shape.Saturating, _) => "growth slowed down and comes to an end, as when a cache fills or a service warms up",
        (Shape.EndedRamp, _) => "growth came to an end",
        (Shape.Steps, _) => "memory rose in single steps and stayed level between and after them",
        (_, > 0) => Text($"what grew was given back: up to {floor.LargestDrop:0.0} MB, {floor.Drops} times"),
        _ => "memory is level",
    };

    public static string TooEarly(Shape shape, TheilSen slope, Floor floor) => (shape, floor) switch
    {
        (_, { OpenRise: true }) => Text($"the last rise is no larger than one that was given back before ({floor.LargestDrop:0.0} MB)"),
        (Shape.Flat, _) => Text($"too noisy so far: the growth may be anything between {slope.Low:0.0} and {slope.High:0.0} MB/min"),
        (Shape.Steps, _) => "memory rose in a few steps; whether more will come is not known yet",
        _ => "memory grew, but a growth that ends explains it about as well as a leak",
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
