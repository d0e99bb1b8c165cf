using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reproduce.Engine;

/// <summary>Numbers side by side on which the processor works at once. A lane's number depends on no other lane, so how many there are changes no bit.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
internal unsafe interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>How many.</summary>
    static abstract int Count { get; }

    /// <summary>The same number in all.</summary>
    static abstract TSelf All(float value);

    /// <summary>From memory.</summary>
    static abstract TSelf Load(float* from);

    /// <summary>Into memory.</summary>
    static abstract void Store(TSelf lanes, float* to);

    /// <summary>left · right + sum, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf sum);

    /// <summary>Zero where a number is negative; NaN stays.</summary>
    static abstract TSelf Relu(TSelf lanes);

    /// <summary>A number where the other is positive, zero elsewhere.</summary>
    static abstract TSelf WherePositive(TSelf other, TSelf lanes);
}

/// <summary>Two vectors of 512 bits: four of each fill the registers of AVX-512 with a block of six rows.</summary>
internal readonly unsafe struct WideLanes : ILanes<WideLanes>
{
    private readonly Vector512<float> _low;
    private readonly Vector512<float> _high;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private WideLanes(Vector512<float> low, Vector512<float> high) => (_low, _high) = (low, high);

    public static int Count => 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideLanes All(float value)
    {
        var all = Vector512.Create(value);
        return new(all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideLanes Load(float* from) => new(Vector512.Load(from), Vector512.Load(from + 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(WideLanes lanes, float* to)
    {
        lanes._low.Store(to);
        lanes._high.Store(to + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideLanes MultiplyAdd(WideLanes left, WideLanes right, WideLanes sum) =>
        new(Vector512.FusedMultiplyAdd(left._low, right._low, sum._low), Vector512.FusedMultiplyAdd(left._high, right._high, sum._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideLanes Relu(WideLanes lanes) => new(Relu(lanes._low), Relu(lanes._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideLanes WherePositive(WideLanes other, WideLanes lanes) => new(WherePositive(other._low, lanes._low), WherePositive(other._high, lanes._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Relu(Vector512<float> lanes) => Vector512.ConditionalSelect(Vector512.LessThan(lanes, Vector512<float>.Zero), Vector512<float>.Zero, lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> WherePositive(Vector512<float> other, Vector512<float> lanes) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(other, Vector512<float>.Zero), lanes, Vector512<float>.Zero);
}

/// <summary>One vector of 512 bits, for columns that do not fill wide lanes.</summary>
internal readonly unsafe struct MiddleLanes : ILanes<MiddleLanes>
{
    private readonly Vector512<float> _all;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private MiddleLanes(Vector512<float> all) => _all = all;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MiddleLanes All(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MiddleLanes Load(float* from) => new(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(MiddleLanes lanes, float* to) => lanes._all.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MiddleLanes MultiplyAdd(MiddleLanes left, MiddleLanes right, MiddleLanes sum) => new(Vector512.FusedMultiplyAdd(left._all, right._all, sum._all));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MiddleLanes Relu(MiddleLanes lanes) => new(Vector512.ConditionalSelect(Vector512.LessThan(lanes._all, Vector512<float>.Zero), Vector512<float>.Zero, lanes._all));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MiddleLanes WherePositive(MiddleLanes other, MiddleLanes lanes) =>
        new(Vector512.ConditionalSelect(Vector512.GreaterThan(other._all, Vector512<float>.Zero), lanes._all, Vector512<float>.Zero));
}

/// <summary>One vector of 256 bits: two of each fill the registers of AVX2. Without AVX2 .NET works on what there is.</summary>
internal readonly unsafe struct NarrowLanes : ILanes<NarrowLanes>
{
    private readonly Vector256<float> _all;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private NarrowLanes(Vector256<float> all) => _all = all;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NarrowLanes All(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NarrowLanes Load(float* from) => new(Vector256.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(NarrowLanes lanes, float* to) => lanes._all.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NarrowLanes MultiplyAdd(NarrowLanes left, NarrowLanes right, NarrowLanes sum) => new(Vector256.FusedMultiplyAdd(left._all, right._all, sum._all));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NarrowLanes Relu(NarrowLanes lanes) => new(Vector256.ConditionalSelect(Vector256.LessThan(lanes._all, Vector256<float>.Zero), Vector256<float>.Zero, lanes._all));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NarrowLanes WherePositive(NarrowLanes other, NarrowLanes lanes) =>
        new(Vector256.ConditionalSelect(Vector256.GreaterThan(other._all, Vector256<float>.Zero), lanes._all, Vector256<float>.Zero));
}
