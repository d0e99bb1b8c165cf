using Reproduce.Networks;

namespace Reproduce.Lines;

/// <summary>A unit of a hidden layer that switches.</summary>
internal sealed class Crossing(int layer, int place, double position, double rate, bool on)
{
    /// <summary>The hidden layer, counted from 0.</summary>
    internal int Layer => layer;

    /// <summary>The unit's place in its layer, channels last.</summary>
    internal int Place => place;

    /// <summary>t.</summary>
    internal double Position => position;

    /// <summary>The change of its activation's slope in t.</summary>
    internal double Rate => rate;

    /// <summary>Whether it is on afterwards.</summary>
    internal bool IsOn => on;

    /// <summary>The row of the node.</summary>
    internal int Row { get; set; }

    /// <summary>∂f/∂h of its activation h, channels last, before any unit above switches at the same node.</summary>
    internal double[] Above { get; set; } = [];
}

/// <summary>How a layer's activations respond to that of a unit that switches, through the units that are on.</summary>
internal readonly record struct Change(Crossing Origin, Patch Reach);
