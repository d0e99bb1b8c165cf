using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Reproduce.Engine;

/// <summary>The epilogue of a product: what is done with a finished sum while it is still in a register.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
internal unsafe interface IEpilogue<TSelf>
    where TSelf : struct, IEpilogue<TSelf>
{
    /// <summary>Called before the sums are computed, so that memory can be prefetched. By default nothing is.</summary>
    /// <typeparam name="TLanes">The vector type.</typeparam>
    /// <param name="epilogue">The epilogue.</param>
    /// <param name="target">The first of two vectors of entries.</param>
    static virtual void Prefetch<TLanes>(TSelf epilogue, float* target)
        where TLanes : struct, ILanes<TLanes>
    {
    }

    /// <summary>Takes the sums of neighbouring entries.</summary>
    /// <typeparam name="TLanes">The vector type.</typeparam>
    /// <param name="sums">One sum a lane.</param>
    /// <param name="target">The first entry.</param>
    /// <param name="row">The row of the product.</param>
    void Apply<TLanes>(TLanes sums, float* target, int row)
        where TLanes : struct, ILanes<TLanes>;
}

/// <summary>entry = sum.</summary>
internal readonly unsafe struct Identity : IEpilogue<Identity>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TLanes>(TLanes sums, float* target, int row)
        where TLanes : struct, ILanes<TLanes> => TLanes.Store(sums, target);
}

/// <summary>entry = ReLU(sum).</summary>
internal readonly unsafe struct Relu : IEpilogue<Relu>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TLanes>(TLanes sums, float* target, int row)
        where TLanes : struct, ILanes<TLanes> => TLanes.Store(TLanes.Relu(sums), target);
}

/// <summary>entry = ReLU(sum + the row's bias).</summary>
/// <param name="biases">One a row.</param>
internal readonly unsafe struct BiasRelu(float* biases) : IEpilogue<BiasRelu>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TLanes>(TLanes sums, float* target, int row)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Store(TLanes.Relu(TLanes.MultiplyAdd(TLanes.Broadcast(1), TLanes.Broadcast(biases[row]), sums)), target);
}

/// <summary>entry = ReLU(sum + weight · shortcut), where the shortcut carries the activation of an earlier layer.</summary>
/// <param name="shortcut">From an entry to that activation, in floats.</param>
/// <param name="weight">Of the shortcut.</param>
internal readonly unsafe struct ShortcutRelu(nint shortcut, float weight) : IEpilogue<ShortcutRelu>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TLanes>(TLanes sums, float* target, int row)
        where TLanes : struct, ILanes<TLanes>
    {
        var whole = TLanes.MultiplyAdd(TLanes.Broadcast(weight), TLanes.Load(target + shortcut), sums);
        TLanes.Store(TLanes.Relu(whole), target);
    }
}

/// <summary>Back-propagation through a ReLU: entry = sum where the unit is active, 0 elsewhere; the derivative at 0 is 0.</summary>
/// <param name="activations">From an entry to the activation of its unit, in floats.</param>
internal readonly unsafe struct ReluBackward(nint activations) : IEpilogue<ReluBackward>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TLanes>(TLanes sums, float* target, int row)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Store(TLanes.WherePositive(TLanes.Load(target + activations), sums), target);
}

/// <summary><see cref="ReluBackward"/> where the activations have a row stride of their own.</summary>
/// <param name="target">The product's first entry.</param>
/// <param name="targetStride">From one row of the product to the next, in floats.</param>
/// <param name="activations">Units by points.</param>
/// <param name="activationStride">From one unit to the next, in floats.</param>
internal readonly unsafe struct StridedReluBackward(float* target, nint targetStride, float* activations, nint activationStride)
    : IEpilogue<StridedReluBackward>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TLanes>(TLanes sums, float* place, int row)
        where TLanes : struct, ILanes<TLanes>
    {
        var point = place - target - (row * targetStride);
        TLanes.Store(TLanes.WherePositive(TLanes.Load(activations + (row * activationStride) + point), sums), place);
    }
}

/// <summary><see cref="ReluBackward"/> of the sum plus the gradient that comes back through a shortcut.</summary>
/// <param name="activations">From an entry to the activation of its unit, in floats.</param>
/// <param name="shortcut">From an entry to δ at the end of the shortcut, in floats.</param>
/// <param name="weight">Of the shortcut.</param>
internal readonly unsafe struct ShortcutReluBackward(nint activations, nint shortcut, float weight) : IEpilogue<ShortcutReluBackward>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TLanes>(TLanes sums, float* target, int row)
        where TLanes : struct, ILanes<TLanes>
    {
        var whole = TLanes.MultiplyAdd(TLanes.Broadcast(weight), TLanes.Load(target + shortcut), sums);
        TLanes.Store(TLanes.WherePositive(TLanes.Load(target + activations), whole), target);
    }
}

/// <summary>The sum is a gradient g: w ← w − rate · g, <see cref="MomentumUpdate"/> without momentum.</summary>
/// <param name="rate">Learning rate.</param>
internal readonly unsafe struct PlainUpdate(float rate) : IEpilogue<PlainUpdate>
{
    private readonly float _minusRate = -rate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TLanes>(TLanes sums, float* target, int row)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Store(TLanes.MultiplyAdd(TLanes.Broadcast(_minusRate), sums, TLanes.Load(target)), target);
}

/// <summary>The sum is a gradient g: v ← momentum · v + g, w ← w − rate · v, in PyTorch's order.</summary>
/// <param name="velocities">From a weight to its velocity, in floats.</param>
/// <param name="rate">Learning rate.</param>
/// <param name="momentum">Momentum.</param>
internal readonly unsafe struct MomentumUpdate(nint velocities, float rate, float momentum) : IEpilogue<MomentumUpdate>
{
    private readonly nint _velocities = velocities;
    private readonly float _minusRate = -rate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch<TLanes>(MomentumUpdate epilogue, float* target)
        where TLanes : struct, ILanes<TLanes>
    {
        for (var i = 0; Sse.IsSupported && i < 2 * TLanes.Count; i += 64 / sizeof(float))
        {
            Sse.Prefetch0(target + i);
            Sse.Prefetch0(target + epilogue._velocities + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TLanes>(TLanes sums, float* target, int row)
        where TLanes : struct, ILanes<TLanes>
    {
        var velocity = TLanes.MultiplyAdd(TLanes.Broadcast(momentum), TLanes.Load(target + _velocities), sums);
        TLanes.Store(velocity, target + _velocities);
        TLanes.Store(TLanes.MultiplyAdd(TLanes.Broadcast(_minusRate), velocity, TLanes.Load(target)), target);
    }
}
