using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reproduce.Engine;

/// <summary>
/// Floats that the processor handles at once. What happens in a lane depends on no other lane, so their number changes no bit of a result.
/// </summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
internal unsafe interface IMultiplyAddLanes<TSelf>
    where TSelf : struct, IMultiplyAddLanes<TSelf>
{
    /// <summary>Reads from memory.</summary>
    static abstract TSelf Load(float* from);

    /// <summary>Writes to memory.</summary>
    static abstract void Store(TSelf lanes, float* to);

    /// <summary>left · right + sum, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf sum);
}

/// <summary>The lanes of a matrix product and its epilogue.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
internal unsafe interface ILanes<TSelf> : IMultiplyAddLanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>The number of lanes.</summary>
    static abstract int Count { get; }

    /// <summary>The same number in every lane.</summary>
    static abstract TSelf Broadcast(float value);

    /// <summary>Zero where a number is negative; NaN stays.</summary>
    static abstract TSelf Relu(TSelf lanes);

    /// <summary>The lanes where the condition is positive, zero elsewhere.</summary>
    static abstract TSelf WherePositive(TSelf condition, TSelf lanes);

    /// <summary>sum + lanes where the condition is positive, the sum elsewhere.</summary>
    static abstract TSelf AddWherePositive(TSelf condition, TSelf lanes, TSelf sum);
}

/// <summary>
/// Two vectors of 512 bits: pairs fill the registers of AVX-512 with a block of six rows. The vectors are fields of their own, because the
/// JIT compiler does not keep structs within structs in registers.
/// </summary>
internal readonly unsafe struct Lanes32 : ILanes<Lanes32>
{
    private readonly Vector512<float> _low;
    private readonly Vector512<float> _high;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes32(Vector512<float> low, Vector512<float> high) => (_low, _high) = (low, high);

    public static int Count => 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes32 Broadcast(float value)
    {
        var all = Vector512.Create(value);
        return new(all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes32 Load(float* from) => new(Vector512.Load(from), Vector512.Load(from + 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes32 lanes, float* to)
    {
        lanes._low.Store(to);
        lanes._high.Store(to + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes32 MultiplyAdd(Lanes32 left, Lanes32 right, Lanes32 sum) => new(
        Vector512.FusedMultiplyAdd(left._low, right._low, sum._low),
        Vector512.FusedMultiplyAdd(left._high, right._high, sum._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes32 Relu(Lanes32 lanes) => new(Lanes16.Relu(lanes._low), Lanes16.Relu(lanes._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes32 WherePositive(Lanes32 condition, Lanes32 lanes) =>
        new(Lanes16.WherePositive(condition._low, lanes._low), Lanes16.WherePositive(condition._high, lanes._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes32 AddWherePositive(Lanes32 condition, Lanes32 lanes, Lanes32 sum) => new(
        Lanes16.AddWherePositive(condition._low, lanes._low, sum._low),
        Lanes16.AddWherePositive(condition._high, lanes._high, sum._high));
}

/// <summary>One vector of 512 bits.</summary>
internal readonly unsafe struct Lanes16 : ILanes<Lanes16>
{
    private readonly Vector512<float> _all;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes16(Vector512<float> all) => _all = all;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Broadcast(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Load(float* from) => new(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes16 lanes, float* to) => lanes._all.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 MultiplyAdd(Lanes16 left, Lanes16 right, Lanes16 sum) =>
        new(Vector512.FusedMultiplyAdd(left._all, right._all, sum._all));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Relu(Lanes16 lanes) => new(Relu(lanes._all));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 WherePositive(Lanes16 condition, Lanes16 lanes) => new(WherePositive(condition._all, lanes._all));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 AddWherePositive(Lanes16 condition, Lanes16 lanes, Lanes16 sum) =>
        new(AddWherePositive(condition._all, lanes._all, sum._all));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Relu(Vector512<float> lanes) =>
        Vector512.ConditionalSelect(Vector512.LessThan(lanes, Vector512<float>.Zero), Vector512<float>.Zero, lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> WherePositive(Vector512<float> condition, Vector512<float> lanes) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(condition, Vector512<float>.Zero), lanes, Vector512<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> AddWherePositive(Vector512<float> condition, Vector512<float> lanes, Vector512<float> sum) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(condition, Vector512<float>.Zero), sum + lanes, sum);
}

/// <summary>One vector of 256 bits: pairs fill the registers of AVX2. Without AVX2, .NET falls back on what there is.</summary>
internal readonly unsafe struct Lanes8 : ILanes<Lanes8>
{
    private readonly Vector256<float> _all;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes8(Vector256<float> all) => _all = all;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Broadcast(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Load(float* from) => new(Vector256.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes8 lanes, float* to) => lanes._all.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 MultiplyAdd(Lanes8 left, Lanes8 right, Lanes8 sum) =>
        new(Vector256.FusedMultiplyAdd(left._all, right._all, sum._all));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Relu(Lanes8 lanes) => new(Relu(lanes._all));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 WherePositive(Lanes8 condition, Lanes8 lanes) => new(WherePositive(condition._all, lanes._all));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 AddWherePositive(Lanes8 condition, Lanes8 lanes, Lanes8 sum) =>
        new(AddWherePositive(condition._all, lanes._all, sum._all));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Relu(Vector256<float> lanes) =>
        Vector256.ConditionalSelect(Vector256.LessThan(lanes, Vector256<float>.Zero), Vector256<float>.Zero, lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> WherePositive(Vector256<float> condition, Vector256<float> lanes) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(condition, Vector256<float>.Zero), lanes, Vector256<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> AddWherePositive(Vector256<float> condition, Vector256<float> lanes, Vector256<float> sum) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(condition, Vector256<float>.Zero), sum + lanes, sum);
}

/// <summary>Sixteen lanes in two vectors of 256 bits, where there are none of 512 bits.</summary>
internal readonly unsafe struct SplitLanes16 : ILanes<SplitLanes16>
{
    private readonly Vector256<float> _low;
    private readonly Vector256<float> _high;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SplitLanes16(Vector256<float> low, Vector256<float> high) => (_low, _high) = (low, high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SplitLanes16 Load(float* from) => new(Vector256.Load(from), Vector256.Load(from + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(SplitLanes16 lanes, float* to)
    {
        lanes._low.Store(to);
        lanes._high.Store(to + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SplitLanes16 MultiplyAdd(SplitLanes16 left, SplitLanes16 right, SplitLanes16 sum) => new(
        Vector256.FusedMultiplyAdd(left._low, right._low, sum._low),
        Vector256.FusedMultiplyAdd(left._high, right._high, sum._high));

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SplitLanes16 Broadcast(float value)
    {
        var all = Vector256.Create(value);
        return new(all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SplitLanes16 Relu(SplitLanes16 lanes) => new(Lanes8.Relu(lanes._low), Lanes8.Relu(lanes._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SplitLanes16 WherePositive(SplitLanes16 condition, SplitLanes16 lanes) =>
        new(Lanes8.WherePositive(condition._low, lanes._low), Lanes8.WherePositive(condition._high, lanes._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SplitLanes16 AddWherePositive(SplitLanes16 condition, SplitLanes16 lanes, SplitLanes16 sum) => new(
        Lanes8.AddWherePositive(condition._low, lanes._low, sum._low),
        Lanes8.AddWherePositive(condition._high, lanes._high, sum._high));
}
