using static TorchSharp.Door;

namespace TorchSharp;

/// <summary>What holds a native tensor. An interface, so that an operator need not know the tensor class that calls it.</summary>
internal interface INativeTensor
{
    nint Handle { get; }
}

/// <summary>An argument after the leading tensors of an operator.</summary>
internal readonly ref struct Argument
{
    internal readonly Value Value;
    internal readonly ReadOnlySpan<long> Integers;
    internal readonly object? Owner;
    internal readonly bool IsGiven;

    private Argument(Value value, ReadOnlySpan<long> integers = default, object? owner = null)
    {
        Value = value;
        Integers = integers;
        Owner = owner;
        IsGiven = true;
    }

    /// <summary>An optional argument that is left open, where one after it is given.</summary>
    internal static Argument None => new(default(Value));

    internal static Argument Of(INativeTensor? tensor) => new(Pack(tensor), owner: tensor);

    internal static Argument Of(Scalar? scalar) => scalar is null ? None : new(scalar.Value);

    /// <summary>libtorch carries an enumeration as an integer.</summary>
    internal static Argument OfEnum<T>(T? value) where T : struct, Enum =>
        value is { } given ? Convert.ToInt64(given, null) : None;

    internal static Argument OfDevice(int type, int index) => new(new Value { Kind = Kind.Device, Integer = type, Count = index });

    internal static Argument OfText(string? text) => text is null ? None : new(new Value { Kind = Kind.Text }, owner: text);

    internal static Argument OfTensors(IEnumerable<INativeTensor> tensors) => new(new Value { Kind = Kind.Tensors }, owner: tensors.ToArray());

    public static implicit operator Argument(long value) => new(new Value { Kind = Kind.Integer, Integer = value });

    public static implicit operator Argument(double value) => new(new Value { Kind = Kind.Real, Real = value });

    public static implicit operator Argument(bool value) => new(new Value { Kind = Kind.Boolean, Integer = value ? 1 : 0 });

    public static implicit operator Argument(Scalar value) => new(value.Value);

    public static implicit operator Argument(ReadOnlySpan<long> values) => new(new Value { Kind = Kind.Integers, Count = values.Length }, values);

    public static implicit operator Argument(long[]? values) => values is null ? None : (ReadOnlySpan<long>)values;

    internal static unsafe Value Pack(INativeTensor? tensor) =>
        tensor is null ? default : new Value { Kind = Kind.Tensor, Pointer = (void*)tensor.Handle };
}

/// <summary>An ATen operator, found by name and overload at its first call.</summary>
/// <param name="name">Without the <c>aten::</c>.</param>
/// <param name="overload">Empty for the unnamed overload.</param>
internal sealed unsafe class Operator(string name, string overload = "")
{
    private const int MostArguments = 8;
    private const int MostIntegers = 16;

    private nint handle;

    public override string ToString() => overload.Length == 0 ? $"aten::{name}" : $"aten::{name}.{overload}";

    /// <summary>Calls the operator; the first result that it gives, which must be a tensor.</summary>
    internal nint Call(INativeTensor? a, Argument b = default, Argument c = default, Argument d = default, Argument e = default, Argument f = default) =>
        (nint)Invoke(Argument.Of(a), b, c, d, e, f)[0].Pointer;

    internal nint Call(INativeTensor? a, INativeTensor? b, Argument c = default, Argument d = default, Argument e = default) =>
        (nint)Invoke(Argument.Of(a), Argument.Of(b), c, d, e)[0].Pointer;

    internal nint Call(INativeTensor? a, INativeTensor? b, INativeTensor? c, Argument d = default, Argument e = default, Argument f = default, Argument g = default, Argument h = default) =>
        (nint)Invoke(Argument.Of(a), Argument.Of(b), Argument.Of(c), d, e, f, g, h)[0].Pointer;

    /// <summary>For an operator without a leading tensor.</summary>
    internal nint Make(Argument a, Argument b = default, Argument c = default, Argument d = default, Argument e = default, Argument f = default) =>
        (nint)Invoke(a, b, c, d, e, f)[0].Pointer;

    /// <summary>For an operator with several results, or a list of them.</summary>
    internal nint[] CallMany(INativeTensor a, Argument b = default, Argument c = default, Argument d = default, Argument e = default, Argument f = default, Argument g = default, Argument h = default)
    {
        var results = Invoke(Argument.Of(a), b, c, d, e, f, g, h);
        var handles = new nint[results.Length];
        for (var i = 0; i < handles.Length; i++)
        {
            handles[i] = (nint)results[i].Pointer;
        }

        return handles;
    }

    /// <summary>For an operator whose result is a number or a truth value.</summary>
    internal Value CallValue(INativeTensor a, INativeTensor b, Argument c = default, Argument d = default, Argument e = default) =>
        Invoke(Argument.Of(a), Argument.Of(b), c, d, e)[0];

    // The results live in the thread's buffer until its next call.
    private ReadOnlySpan<Value> Invoke(Argument a, Argument b = default, Argument c = default, Argument d = default, Argument e = default, Argument f = default, Argument g = default, Argument h = default)
    {
        if (handle == 0)
        {
            handle = Find($"aten::{name}", overload);
            if (handle == 0)
            {
                throw Failure(ToString());
            }
        }

        var values = stackalloc Value[MostArguments];
        var integers = stackalloc long[MostIntegers];
        var used = 0;
        var count = 0;
        var tensors = default(nint[]);
        var text = default(byte[]);
        Add(a, values, ref count, integers, ref used, ref tensors, ref text);
        Add(b, values, ref count, integers, ref used, ref tensors, ref text);
        Add(c, values, ref count, integers, ref used, ref tensors, ref text);
        Add(d, values, ref count, integers, ref used, ref tensors, ref text);
        Add(e, values, ref count, integers, ref used, ref tensors, ref text);
        Add(f, values, ref count, integers, ref used, ref tensors, ref text);
        Add(g, values, ref count, integers, ref used, ref tensors, ref text);
        Add(h, values, ref count, integers, ref used, ref tensors, ref text);

        Value* results;
        int produced;
        fixed (nint* tensorList = tensors)
        fixed (byte* characters = text)
        {
            if (tensors is not null || text is not null)
            {
                for (var i = 0; i < count; i++)
                {
                    values[i].Pointer = values[i].Kind switch
                    {
                        Kind.Tensors => tensorList,
                        Kind.Text => characters,
                        _ => values[i].Pointer,
                    };
                }
            }

            produced = Door.Call(handle, values, count, &results);
        }

        // The tensors must outlive the call: a finaliser may run as soon as their handle has been read.
        GC.KeepAlive(a.Owner);
        GC.KeepAlive(b.Owner);
        GC.KeepAlive(c.Owner);
        GC.KeepAlive(d.Owner);
        GC.KeepAlive(e.Owner);
        GC.KeepAlive(f.Owner);
        GC.KeepAlive(g.Owner);
        GC.KeepAlive(h.Owner);
        return produced >= 0 ? new ReadOnlySpan<Value>(results, produced) : throw Failure(ToString());
    }

    private static void Add(in Argument argument, Value* values, ref int count, long* integers, ref int used, ref nint[]? tensors, ref byte[]? text)
    {
        if (!argument.IsGiven)
        {
            return;
        }

        var value = argument.Value;
        switch (value.Kind)
        {
            case Kind.Integers:
                if (used + value.Count > MostIntegers)
                {
                    throw new ArgumentException($"more than {MostIntegers} sizes or dimensions in one call");
                }

                argument.Integers.CopyTo(new Span<long>(integers + used, value.Count));
                value.Pointer = integers + used;
                used += value.Count;
                break;
            case Kind.Tensors:
                tensors = Array.ConvertAll((INativeTensor[])argument.Owner!, tensor => tensor.Handle);
                value.Count = tensors.Length;
                break;
            case Kind.Text:
                text = System.Text.Encoding.UTF8.GetBytes((string)argument.Owner! + '\0');
                break;
        }

        values[count++] = value;
    }
}
