using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Reproduce.Engine;

/// <summary>What becomes of a finished sum.</summary>
internal unsafe interface IFinish
{
    /// <summary>Called before the sums that it will take are begun: the place to have memory brought near.</summary>
    /// <typeparam name="TLanes">How many at once.</typeparam>
    /// <param name="target">Where the first of two lanes' entries lie.</param>
    void Expect<TLanes>(float* target)
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>Takes sums that belong to so many neighbouring entries.</summary>
    /// <typeparam name="TLanes">How many at once.</typeparam>
    /// <param name="sums">The sums.</param>
    /// <param name="target">Where the first entry lies.</param>
    /// <param name="row">Of the product.</param>
    void Take<TLanes>(TLanes sums, float* target, int row)
        where TLanes : struct, ILanes<TLanes>;
}

/// <summary>The sum is the entry.</summary>
internal readonly unsafe struct Keep : IFinish
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Expect<TLanes>(float* target)
        where TLanes : struct, ILanes<TLanes>
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take<TLanes>(TLanes sums, float* target, int row)
        where TLanes : struct, ILanes<TLanes> => TLanes.Store(sums, target);
}

/// <summary>The entry is ReLU of the sum.</summary>
internal readonly unsafe struct Rectify : IFinish
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Expect<TLanes>(float* target)
        where TLanes : struct, ILanes<TLanes>
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take<TLanes>(TLanes sums, float* target, int row)
        where TLanes : struct, ILanes<TLanes> => TLanes.Store(TLanes.Relu(sums), target);
}

/// <summary>The entry is ReLU of the sum and a weighted activation of an earlier layer.</summary>
/// <param name="bridge">From an entry to the activation, in floats.</param>
/// <param name="weight">Of the activation.</param>
internal readonly unsafe struct BridgeAndRectify(nint bridge, float weight) : IFinish
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Expect<TLanes>(float* target)
        where TLanes : struct, ILanes<TLanes>
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take<TLanes>(TLanes sums, float* target, int row)
        where TLanes : struct, ILanes<TLanes> => TLanes.Store(TLanes.Relu(TLanes.MultiplyAdd(TLanes.All(weight), TLanes.Load(target + bridge), sums)), target);
}

/// <summary>The sum and what comes back over a bridge where a unit is active, zero elsewhere.</summary>
/// <param name="activations">From an entry to the activation of its unit, in floats.</param>
/// <param name="bridge">From an entry to δ at the bridge's end, in floats.</param>
/// <param name="weight">Of the bridge.</param>
internal readonly unsafe struct BridgeBackWhereActive(nint activations, nint bridge, float weight) : IFinish
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Expect<TLanes>(float* target)
        where TLanes : struct, ILanes<TLanes>
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take<TLanes>(TLanes sums, float* target, int row)
        where TLanes : struct, ILanes<TLanes>
    {
        var whole = TLanes.MultiplyAdd(TLanes.All(weight), TLanes.Load(target + bridge), sums);
        TLanes.Store(TLanes.WherePositive(TLanes.Load(target + activations), whole), target);
    }
}

/// <summary>The entry is ReLU of the sum and the row's bias.</summary>
/// <param name="biases">One a row.</param>
internal readonly unsafe struct ShiftAndRectify(float* biases) : IFinish
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Expect<TLanes>(float* target)
        where TLanes : struct, ILanes<TLanes>
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take<TLanes>(TLanes sums, float* target, int row)
        where TLanes : struct, ILanes<TLanes> => TLanes.Store(TLanes.Relu(TLanes.MultiplyAdd(TLanes.All(1), TLanes.All(biases[row]), sums)), target);
}

/// <summary>The sum where a unit is active, zero elsewhere: the derivative through a ReLU, 0 at 0.</summary>
/// <param name="activations">From an entry to the activation of its unit, in floats.</param>
internal readonly unsafe struct KeepWhereActive(nint activations) : IFinish
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Expect<TLanes>(float* target)
        where TLanes : struct, ILanes<TLanes>
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take<TLanes>(TLanes sums, float* target, int row)
        where TLanes : struct, ILanes<TLanes> => TLanes.Store(TLanes.WherePositive(TLanes.Load(target + activations), sums), target);
}

/// <summary>The same where columns are the points of one output and activations have rows of their own.</summary>
/// <param name="target">The product's first entry.</param>
/// <param name="targetRow">From one unit to the next.</param>
/// <param name="activations">Units by points.</param>
/// <param name="activationRow">From one unit to the next.</param>
internal readonly unsafe struct KeepWhereUnitIsActive(float* target, nint targetRow, float* activations, nint activationRow) : IFinish
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Expect<TLanes>(float* target)
        where TLanes : struct, ILanes<TLanes>
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take<TLanes>(TLanes sums, float* place, int row)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Store(TLanes.WherePositive(TLanes.Load(activations + (row * activationRow) + (place - target - (row * targetRow))), sums), place);
}

/// <summary>The sum is a gradient: v ← momentum · v + gradient, w ← w − rate · v (PyTorch's order).</summary>
/// <param name="velocities">From a weight to its velocity, in floats.</param>
/// <param name="rate">Learning rate.</param>
/// <param name="momentum">Momentum.</param>
internal readonly unsafe struct Descend(nint velocities, float rate, float momentum) : IFinish
{
    private readonly float _minusRate = -rate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Expect<TLanes>(float* target)
        where TLanes : struct, ILanes<TLanes>
    {
        for (var i = 0; Sse.IsSupported && i < 2 * TLanes.Count; i += 64 / sizeof(float))
        {
            Sse.Prefetch0(target + i);
            Sse.Prefetch0(target + velocities + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take<TLanes>(TLanes sums, float* target, int row)
        where TLanes : struct, ILanes<TLanes>
    {
        var velocity = TLanes.MultiplyAdd(TLanes.All(momentum), TLanes.Load(target + velocities), sums);
        TLanes.Store(velocity, target + velocities);
        TLanes.Store(TLanes.MultiplyAdd(TLanes.All(_minusRate), velocity, TLanes.Load(target)), target);
    }
}
