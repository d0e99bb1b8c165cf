using TorchSharp.Utils;
using static TorchSharp.Door;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A tensor of the libtorch that is on the machine, with TorchSharp's members. Freed by <see cref="Dispose"/>, by the
    /// scope that was open when it was made, or by finalisation.
    /// </summary>
    public sealed partial class Tensor : IScoped, INativeTensor
    {
        private static long live;
        private static long peak;

        private nint handle;

        /// <param name="handle">Owned from now on; 0 for a tensor that is invalid from the start, which nothing counts or frees.</param>
        internal Tensor(nint handle)
        {
            this.handle = handle;
            if (handle == 0)
            {
                GC.SuppressFinalize(this);
                return;
            }

            DisposeScope.Current?.Attach(this);
            var now = Interlocked.Increment(ref live);
            for (var seen = Volatile.Read(ref peak); now > seen; seen = Volatile.Read(ref peak))
            {
                Interlocked.CompareExchange(ref peak, now, seen);
            }
        }

        ~Tensor() => Free();

        DisposeScope? IScoped.Scope { get; set; }

        /// <summary>Tensors that are alive in the process.</summary>
        public static long TotalCount => Interlocked.Read(ref live);

        /// <summary>The most that were alive at once.</summary>
        public static long PeakCount => Interlocked.Read(ref peak);

        /// <exception cref="ObjectDisposedException">The tensor was disposed.</exception>
        public IntPtr Handle => handle != 0 ? handle : throw new ObjectDisposedException(nameof(Tensor), "the tensor was disposed, by hand or by its scope");

        public bool IsInvalid => handle == 0;

        public void Dispose()
        {
            ((IScoped)this).Scope?.MarkAsDisposed(this);
            Free();
            GC.SuppressFinalize(this);
        }

        private void Free()
        {
            var mine = Interlocked.Exchange(ref handle, 0);
            if (mine != 0)
            {
                Release(mine);
                Interlocked.Decrement(ref live);
            }
        }

        public Tensor MoveToOuterDisposeScope()
        {
            ((IScoped)this).Scope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            ((IScoped)this).Scope?.Detach(this);
            return this;
        }

        // What it is.

        private unsafe Description Describe()
        {
            Description description;
            Check(Door.Describe(Handle, &description), "describe");
            GC.KeepAlive(this);
            return description;
        }

        public unsafe long[] shape
        {
            get
            {
                var it = Describe();
                var sizes = new ReadOnlySpan<long>(it.Sizes, (int)it.Dimensions).ToArray();
                GC.KeepAlive(this);
                return sizes;
            }
        }

        public unsafe long[] stride()
        {
            var it = Describe();
            var strides = new ReadOnlySpan<long>(it.Strides, (int)it.Dimensions).ToArray();
            GC.KeepAlive(this);
            return strides;
        }

        public long size(int dim) => shape[dim < 0 ? dim + (int)ndim : dim];

        public long ndim => Describe().Dimensions;

        public long dim() => Describe().Dimensions;

        public long numel() => Describe().Elements;

        public ScalarType dtype => (ScalarType)Describe().ScalarType;

        public Device device
        {
            get
            {
                var it = Describe();
                return new Device((DeviceType)it.DeviceType, it.DeviceIndex);
            }
        }

        public DeviceType device_type => (DeviceType)Describe().DeviceType;

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_leaf => Describe().IsLeaf != 0;

        public bool is_contiguous() => Describe().IsContiguous != 0;

        public override string ToString() => IsInvalid ? "[disposed]" : $"[{string.Join('x', shape)}], type = {dtype}, device = {device}";

        // Gradients.

        public bool requires_grad
        {
            get => Describe().RequiresGradient != 0;
            set
            {
                Check(SetRequiresGradient(Handle, value ? 1 : 0), "requires_grad");
                GC.KeepAlive(this);
            }
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor? grad
        {
            get
            {
                var gradient = Gradient(Handle);
                GC.KeepAlive(this);
                return gradient == 0 ? null : new Tensor(gradient);
            }
            set
            {
                Check(SetGradient(Handle, value?.Handle ?? 0), "grad");
                GC.KeepAlive(this);
                GC.KeepAlive(value);
            }
        }

        public unsafe void backward()
        {
            var mine = Handle;
            Check(Backward(&mine, 1, null, 0, 0, 0), "backward");
            GC.KeepAlive(this);
        }

        public Tensor detach() => new(Aten.detach.Call(this));

        // Data.

        /// <exception cref="ArgumentException"><typeparamref name="T"/> is not the tensor's element type.</exception>
        /// <exception cref="InvalidOperationException">The tensor is not on the CPU.</exception>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            if (device_type != DeviceType.CPU)
            {
                throw new InvalidOperationException("reading a tensor that is not on the CPU: call cpu() first");
            }

            if (ElementType(dtype) != typeof(T))
            {
                throw new ArgumentException($"reading a tensor of type {dtype} as {typeof(T).Name}");
            }

            var pointer = Data(Handle);
            return pointer == 0 && numel() > 0
                ? throw Failure("data")
                : new TensorAccessor<T>(this, pointer, shape, stride(), is_contiguous());
        }

        /// <summary>The elements' own memory, row by row; nothing is copied. Valid as long as the tensor lives.</summary>
        /// <exception cref="NotImplementedException">The elements do not lie one after the other.</exception>
        /// <exception cref="InvalidOperationException">The tensor is not on the CPU.</exception>
        /// <exception cref="ArgumentException">Set to more or fewer bytes than the tensor has.</exception>
        public unsafe Span<byte> bytes
        {
            get
            {
                var it = Describe();
                if (it.IsContiguous == 0)
                {
                    throw new NotImplementedException("the bytes of a tensor that is not contiguous");
                }

                if (it.DeviceType != (int)DeviceType.CPU)
                {
                    throw new InvalidOperationException("reading a tensor that is not on the CPU: call cpu() first");
                }

                var span = new Span<byte>((void*)Data(Handle), checked((int)(it.Elements * it.ElementSize)));
                GC.KeepAlive(this);
                return span;
            }

            set
            {
                var mine = bytes;
                if (value.Length != mine.Length)
                {
                    throw new ArgumentException($"{value.Length} bytes for a tensor of {mine.Length}");
                }

                value.CopyTo(mine);
                GC.KeepAlive(this);
            }
        }

        /// <exception cref="ArgumentException">The tensor has more or fewer than one element, or another element type.</exception>
        public T item<T>() where T : unmanaged
        {
            if (numel() != 1)
            {
                throw new ArgumentException($"item() of a tensor with {numel()} elements");
            }

            if (device_type == DeviceType.CPU)
            {
                return data<T>().ToArray()[0];
            }

            using var here = cpu();
            return here.data<T>().ToArray()[0];
        }

        private static Type? ElementType(ScalarType type) => type switch
        {
            ScalarType.Byte => typeof(byte),
            ScalarType.Int8 => typeof(sbyte),
            ScalarType.Int16 => typeof(short),
            ScalarType.Int32 => typeof(int),
            ScalarType.Int64 => typeof(long),
            ScalarType.Float32 => typeof(float),
            ScalarType.Float64 => typeof(double),
            ScalarType.Bool => typeof(bool),
            _ => null,
        };

        // Copies and conversions.

        public Tensor clone() => new(Aten.clone.Call(this));

        public Tensor contiguous() => new(Aten.contiguous.Call(this));

        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
        {
            var result = new Tensor(Aten.to_device.Call(this, Argument.OfDevice((int)device.type, device.index), (long)type, non_blocking, copy));
            if (disposeAfter)
            {
                Dispose();
            }

            return result;
        }

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(type, device, copy, disposeAfter, non_blocking);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(dtype, device, copy, disposeAfter, non_blocking);

        public Tensor to(Tensor other, bool non_blocking = false) => to(other.dtype, other.device, non_blocking: non_blocking);

        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(type, device, copy, disposeAfter, non_blocking);

        public Tensor cpu() => to(dtype, CPU);

        public Tensor copy_(Tensor source, bool nonBlocking = false) => Self(Aten.copy_.Call(this, source, nonBlocking));

        public Tensor fill_(Scalar value) => Self(Aten.fill_Scalar.Call(this, value));

        public Tensor zero_() => Self(Aten.zero_.Call(this));

        // An in-place operator gives back a second reference to this tensor's own storage.
        private Tensor Self(nint sameTensor)
        {
            Release(sameTensor);
            return this;
        }

        // Shape and selection.

        public Tensor reshape(params long[] shape) => new(Aten.reshape.Call(this, shape));

        public Tensor view(params long[] shape) => new(Aten.view.Call(this, shape));

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => new(Aten.flatten.Call(this, start_dim, end_dim));

        public Tensor transpose(long dim0, long dim1) => new(Aten.transpose.Call(this, dim0, dim1));

        public Tensor t() => new(Aten.t.Call(this));

        public Tensor mT => new(Aten.transpose.Call(this, -2, -1));

        public Tensor permute(params long[] permutation) => new(Aten.permute.Call(this, permutation));

        public Tensor unsqueeze(long dim) => new(Aten.unsqueeze.Call(this, dim));

        public Tensor squeeze(long? dim = null) => new(dim is { } given ? Aten.squeeze_dim.Call(this, given) : Aten.squeeze.Call(this));

        public Tensor expand(params long[] sizes) => new(Aten.expand.Call(this, sizes));

        public Tensor narrow(long dim, long start, long length) => new(Aten.narrow.Call(this, dim, start, length));

        public Tensor slice(long dim, long start, long finish, long step) => new(Aten.slice_Tensor.Call(this, dim, start, finish, step));

        public Tensor select(long dim, long index) => new(Aten.select.Call(this, dim, index));

        public Tensor index_select(long dim, Tensor index) => new(Aten.index_select.Call(this, dim, Argument.Of(index)));

        public Tensor gather(long dim, Tensor index) => new(Aten.gather.Call(this, dim, Argument.Of(index)));

        public Tensor masked_fill(Tensor mask, Scalar value) => new(Aten.masked_fill_Scalar.Call(this, mask, value));

        public Tensor where(Tensor condition, Tensor y) => new(Aten.where_self.Call(condition, this, y));

        public Tensor diagonal(long offset = 0L, long dim1 = 0L, long dim2 = 1L) => new(Aten.diagonal.Call(this, offset, dim1, dim2));

        public Tensor[] unbind(long dimension = 0L) => Array.ConvertAll(Aten.unbind.CallMany(this, dimension), one => new Tensor(one));

        // Arithmetic.

        public Tensor add(Tensor target) => new(Aten.add_Tensor.Call(this, target));

        public Tensor add(Tensor target, Scalar alpha) => new(Aten.add_Tensor.Call(this, target, alpha));

        public Tensor add(Scalar scalar) => new(Aten.add_Scalar.Call(this, scalar));

        public Tensor add(Scalar scalar, Scalar alpha) => new(Aten.add_Scalar.Call(this, scalar, alpha));

        public Tensor add_(Tensor target) => Self(Aten.add__Tensor.Call(this, target));

        public Tensor add_(Tensor target, Scalar alpha) => Self(Aten.add__Tensor.Call(this, target, alpha));

        public Tensor add_(Scalar scalar) => Self(Aten.add__Scalar.Call(this, scalar));

        public Tensor add_(Scalar scalar, Scalar alpha) => Self(Aten.add__Scalar.Call(this, scalar, alpha));

        public Tensor sub(Tensor target) => new(Aten.sub_Tensor.Call(this, target));

        public Tensor sub(Scalar target) => new(Aten.sub_Scalar.Call(this, target));

        public Tensor sub_(Tensor target) => Self(Aten.sub__Tensor.Call(this, target));

        public Tensor sub_(Scalar target) => Self(Aten.sub__Scalar.Call(this, target));

        public Tensor mul(Tensor target) => new(Aten.mul_Tensor.Call(this, target));

        public Tensor mul(Scalar target) => new(Aten.mul_Scalar.Call(this, target));

        public Tensor mul_(Tensor target) => Self(Aten.mul__Tensor.Call(this, target));

        public Tensor mul_(Scalar target) => Self(Aten.mul__Scalar.Call(this, target));

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => new(Aten.div_Tensor_mode.Call(this, target, Rounding(rounding_mode)));

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => new(Aten.div_Scalar_mode.Call(this, target, Rounding(rounding_mode)));

        private static Argument Rounding(RoundingMode mode) => Argument.OfText(mode == RoundingMode.None ? null : mode.ToString());

        public Tensor neg() => new(Aten.neg.Call(this));

        public Tensor pow(Tensor exponent) => new(Aten.pow_Tensor_Tensor.Call(this, exponent));

        public Tensor pow(Scalar exponent) => new(Aten.pow_Tensor_Scalar.Call(this, exponent));

        public Tensor abs() => new(Aten.abs.Call(this));

        public Tensor sign() => new(Aten.sign.Call(this));

        public Tensor exp() => new(Aten.exp.Call(this));

        public Tensor log() => new(Aten.log.Call(this));

        public Tensor sqrt() => new(Aten.sqrt.Call(this));

        public Tensor square() => new(Aten.square.Call(this));

        public Tensor reciprocal() => new(Aten.reciprocal.Call(this));

        public Tensor relu() => new(Aten.relu.Call(this));

        public Tensor tanh() => new(Aten.tanh.Call(this));

        public Tensor softmax(long dim, ScalarType? dtype = null) => new(Aten.softmax_int.Call(this, dim, Argument.OfEnum(dtype)));

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => new(Aten.log_softmax_int.Call(this, dim, Argument.OfEnum(dtype)));

        public Tensor clamp_min(Scalar min) => new(Aten.clamp_min.Call(this, min));

        public Tensor maximum(Tensor other) => new(Aten.maximum.Call(this, other));

        public Tensor minimum(Tensor other) => new(Aten.minimum.Call(this, other));

        // Products.

        public Tensor matmul(Tensor target) => new(Aten.matmul.Call(this, target));

        public Tensor mm(Tensor target) => new(Aten.mm.Call(this, target));

        public Tensor mv(Tensor target) => new(Aten.mv.Call(this, target));

        public Tensor bmm(Tensor batch2) => new(Aten.bmm.Call(this, batch2));

        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => new(Aten.baddbmm.Call(this, batch1, batch2, (double)beta, (double)alpha));

        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Self(Aten.addmm_.Call(this, mat1, mat2, (double)beta, (double)alpha));

        public Tensor dot(Tensor target) => new(Aten.dot.Call(this, target));

        public Tensor outer(Tensor vec2) => new(Aten.outer.Call(this, vec2));

        // Reductions.

        public Tensor sum(ScalarType? type = null) => new(Aten.sum.Call(this, Argument.OfEnum(type)));

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => new(Aten.sum_dim_IntList.Call(this, dim, keepdim, Argument.OfEnum(type)));

        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => new(Aten.sum_dim_IntList.Call(this, dim, keepdim, Argument.OfEnum(type)));

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        public Tensor mean() => new(Aten.mean.Call(this));

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => new(Aten.mean_dim.Call(this, dimensions, keepdim, Argument.OfEnum(type)));

        public Tensor prod(ScalarType? type = null) => new(Aten.prod.Call(this, Argument.OfEnum(type)));

        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) => new(Aten.prod_dim_int.Call(this, dim, keepdim, Argument.OfEnum(type)));

        public Tensor max() => new(Aten.max.Call(this));

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Pair(Aten.max_dim.CallMany(this, dim, keepdim));

        public Tensor min() => new(Aten.min.Call(this));

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => Pair(Aten.min_dim.CallMany(this, dim, keepdim));

        private static (Tensor, Tensor) Pair(nint[] results) => (new(results[0]), new(results[1]));

        public Tensor amax(params long[] dims) => new(Aten.amax.Call(this, dims));

        public Tensor amin(params long[] dims) => new(Aten.amin.Call(this, dims));

        public Tensor argmax() => new(Aten.argmax.Call(this));

        public Tensor argmax(long dim, bool keepdim = false) => new(Aten.argmax.Call(this, dim, keepdim));

        public Tensor all() => new(Aten.all.Call(this));

        public Tensor all(long dim, bool keepdim = false) => new(Aten.all_dim.Call(this, dim, keepdim));

        public Tensor any() => new(Aten.any.Call(this));

        public Tensor any(long dim, bool keepdim = false) => new(Aten.any_dim.Call(this, dim, keepdim));

        public Tensor logsumexp(long dim, bool keepdim = false) => new(Aten.logsumexp.Call(this, new long[] { dim }, keepdim));

        // Comparisons.

        public Tensor eq(Tensor target) => new(Aten.eq_Tensor.Call(this, target));

        public Tensor eq(Scalar target) => new(Aten.eq_Scalar.Call(this, target));

        public Tensor ne(Tensor target) => new(Aten.ne_Tensor.Call(this, target));

        public Tensor ne(Scalar target) => new(Aten.ne_Scalar.Call(this, target));

        public Tensor lt(Tensor target) => new(Aten.lt_Tensor.Call(this, target));

        public Tensor lt(Scalar target) => new(Aten.lt_Scalar.Call(this, target));

        public Tensor le(Tensor target) => new(Aten.le_Tensor.Call(this, target));

        public Tensor le(Scalar target) => new(Aten.le_Scalar.Call(this, target));

        public Tensor gt(Tensor target) => new(Aten.gt_Tensor.Call(this, target));

        public Tensor gt(Scalar target) => new(Aten.gt_Scalar.Call(this, target));

        public Tensor ge(Tensor target) => new(Aten.ge_Tensor.Call(this, target));

        public Tensor ge(Scalar target) => new(Aten.ge_Scalar.Call(this, target));

        public Tensor isfinite() => new(Aten.isfinite.Call(this));

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            Aten.allclose.CallValue(this, target, rtol, atol, equal_nan).Integer != 0;

        // Operators.

        public static Tensor operator -(Tensor tensor) => tensor.neg();

        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);

        public static Tensor operator +(Tensor left, Scalar right) => left.add(right);

        public static Tensor operator +(Tensor left, int right) => left.add((Scalar)right);

        public static Tensor operator +(Tensor left, long right) => left.add((Scalar)right);

        public static Tensor operator +(Tensor left, float right) => left.add((Scalar)right);

        public static Tensor operator +(Tensor left, double right) => left.add((Scalar)right);

        public static Tensor operator +(Scalar left, Tensor right) => right.add(left);

        public static Tensor operator +(int left, Tensor right) => right.add((Scalar)left);

        public static Tensor operator +(long left, Tensor right) => right.add((Scalar)left);

        public static Tensor operator +(float left, Tensor right) => right.add((Scalar)left);

        public static Tensor operator +(double left, Tensor right) => right.add((Scalar)left);

        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);

        public static Tensor operator *(Tensor left, Scalar right) => left.mul(right);

        public static Tensor operator *(Tensor left, int right) => left.mul((Scalar)right);

        public static Tensor operator *(Tensor left, long right) => left.mul((Scalar)right);

        public static Tensor operator *(Tensor left, float right) => left.mul((Scalar)right);

        public static Tensor operator *(Tensor left, double right) => left.mul((Scalar)right);

        public static Tensor operator *(Scalar left, Tensor right) => right.mul(left);

        public static Tensor operator *(int left, Tensor right) => right.mul((Scalar)left);

        public static Tensor operator *(long left, Tensor right) => right.mul((Scalar)left);

        public static Tensor operator *(float left, Tensor right) => right.mul((Scalar)left);

        public static Tensor operator *(double left, Tensor right) => right.mul((Scalar)left);

        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);

        public static Tensor operator -(Tensor left, Scalar right) => left.sub(right);

        public static Tensor operator -(Tensor left, int right) => left.sub((Scalar)right);

        public static Tensor operator -(Tensor left, long right) => left.sub((Scalar)right);

        public static Tensor operator -(Tensor left, float right) => left.sub((Scalar)right);

        public static Tensor operator -(Tensor left, double right) => left.sub((Scalar)right);

        public static Tensor operator -(Scalar left, Tensor right) => new(Aten.rsub_Scalar.Call(right, left));

        public static Tensor operator -(int left, Tensor right) => (Scalar)left - right;

        public static Tensor operator -(long left, Tensor right) => (Scalar)left - right;

        public static Tensor operator -(float left, Tensor right) => (Scalar)left - right;

        public static Tensor operator -(double left, Tensor right) => (Scalar)left - right;

        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);

        public static Tensor operator /(Tensor left, Scalar right) => left.div(right);

        public static Tensor operator /(Tensor left, int right) => left.div((Scalar)right);

        public static Tensor operator /(Tensor left, long right) => left.div((Scalar)right);

        public static Tensor operator /(Tensor left, float right) => left.div((Scalar)right);

        public static Tensor operator /(Tensor left, double right) => left.div((Scalar)right);
    }

    /// <summary>How a division rounds.</summary>
    public enum RoundingMode
    {
        None,
        trunc,
        floor,
    }
}
