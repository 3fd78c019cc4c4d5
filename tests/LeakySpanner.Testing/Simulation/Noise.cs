namespace LeakySpanner.Testing.Simulation;

/// <summary>A stationary disturbance, drawn step by step at any spacing of time.</summary>
internal sealed class Noise
{
    private readonly NoiseKind _kind;
    private readonly double _width;
    private readonly double _pace;
    private readonly Random _random;
    private double _value;

    public Noise(NoiseKind kind, double width, Random random)
    {
        (_kind, _width, _random) = (kind, width, random);
        _pace = kind == NoiseKind.Correlated ? Dice.LogUniform(random, 0.1, 2) : Dice.LogUniform(random, 3, 30);
        _value = kind == NoiseKind.Wandering ? Dice.Uniform(random, -width / 2, width / 2) : width / 4 * Dice.Normal(random);
    }

    public double Next(double seconds)
    {
        var deviation = _width / 4;
        switch (_kind)
        {
            case NoiseKind.White:
                return deviation * Dice.Normal(_random);
            case NoiseKind.Correlated:
                var memory = Math.Exp(-seconds / _pace);
                return _value = (memory * _value) + (deviation * Math.Sqrt(1 - (memory * memory)) * Dice.Normal(_random));
            default:
                _value += _width * Math.Sqrt(seconds / _pace) * Dice.Normal(_random);
                while (Math.Abs(_value) > _width / 2)
                    _value = (Math.Sign(_value) * _width) - _value;
                return _value;
        }
    }
}
