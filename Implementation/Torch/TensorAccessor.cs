using System.Collections;

namespace TorchSharp.Utils;

/// <summary>Reads and writes the elements of a tensor on the CPU, in row-major order whatever its strides.</summary>
public sealed class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private readonly INativeTensor owner;
    private readonly nint data;
    private readonly long[] sizes;
    private readonly long[] strides;
    private readonly bool contiguous;

    internal TensorAccessor(INativeTensor owner, nint data, long[] sizes, long[] strides, bool contiguous)
    {
        (this.owner, this.data, this.sizes, this.strides, this.contiguous) = (owner, data, sizes, strides, contiguous);
        Count = sizes.Aggregate(1L, (product, size) => product * size);
    }

    public long Count { get; }

    /// <summary>Copies all elements.</summary>
    public T[] ToArray()
    {
        var array = new T[Count];
        CopyTo(array.AsSpan());
        return array;
    }

    /// <exception cref="IndexOutOfRangeException">An index is outside the tensor's shape.</exception>
    public unsafe T this[params long[] indices]
    {
        get
        {
            var value = *At(indices);
            GC.KeepAlive(owner);
            return value;
        }
        set
        {
            *At(indices) = value;
            GC.KeepAlive(owner);
        }
    }

    /// <inheritdoc cref="CopyTo(Span{T}, int, long)"/>
    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    /// <summary>Copies elements from <paramref name="tensorIndex"/> on, as many as the array has room for.</summary>
    public unsafe void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        _ = owner.Handle;
        ArgumentOutOfRangeException.ThrowIfNegative(tensorIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tensorIndex, Count);
        var target = array[arrayIndex..];
        var count = (int)Math.Min(target.Length, Count - tensorIndex);
        if (contiguous)
        {
            new ReadOnlySpan<T>((T*)data + tensorIndex, count).CopyTo(target);
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                target[i] = *Nth(tensorIndex + i);
            }
        }

        GC.KeepAlive(owner);
    }

    /// <summary>Writes elements in row-major order, from <paramref name="tensorIndex"/> on, as many as the array has and the tensor takes.</summary>
    public unsafe void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        _ = owner.Handle;
        ArgumentOutOfRangeException.ThrowIfNegative(tensorIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tensorIndex, Count);
        var source = array[arrayIndex..];
        var count = (int)Math.Min(source.Length, Count - tensorIndex);
        if (contiguous)
        {
            source[..count].CopyTo(new Span<T>((T*)data + tensorIndex, count));
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                *Nth(tensorIndex + i) = source[i];
            }
        }

        GC.KeepAlive(owner);
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Nothing to free: the tensor owns the memory.</summary>
    public void Dispose()
    {
    }

    private unsafe T* At(long[] indices)
    {
        _ = owner.Handle;
        if (indices.Length != sizes.Length)
        {
            throw new IndexOutOfRangeException($"{indices.Length} indices for a tensor with {sizes.Length} dimensions");
        }

        var offset = 0L;
        for (var i = 0; i < indices.Length; i++)
        {
            if (indices[i] < 0 || indices[i] >= sizes[i])
            {
                throw new IndexOutOfRangeException($"index {indices[i]} is outside dimension {i} of size {sizes[i]}");
            }

            offset += indices[i] * strides[i];
        }

        return (T*)data + offset;
    }

    private unsafe T* Nth(long index)
    {
        var offset = 0L;
        for (var i = sizes.Length - 1; i >= 0; i--)
        {
            offset += index % sizes[i] * strides[i];
            index /= sizes[i];
        }

        return (T*)data + offset;
    }
}
