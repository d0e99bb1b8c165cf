namespace TorchSharp;

public static partial class torch
{
    public static Tensor cat(ReadOnlySpan<Tensor> tensors, long dim = 0) => new(Aten.cat.Make(Argument.OfTensors(tensors.ToArray()), dim));

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => new(Aten.stack.Make(Argument.OfTensors(tensors), dim));

    public static Tensor where(Tensor condition, Tensor x, Tensor y) => x.where(condition, y);

    public static Tensor matmul(Tensor input, Tensor target) => input.matmul(target);

    public static Tensor bmm(Tensor input, Tensor batch2) => input.bmm(batch2);

    public static Tensor baddbmm(Tensor input, Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => input.baddbmm(batch1, batch2, beta, alpha);

    public static class linalg
    {
        /// <summary>The singular values, largest first.</summary>
        public static Tensor svdvals(Tensor input) => new(Aten.linalg_svdvals.Call(input));

        /// <summary>The eigenvalues of a symmetric matrix, smallest first.</summary>
        public static Tensor eigvalsh(Tensor input, char UPLO = 'L') => new(Aten.linalg_eigvalsh.Call(input, Argument.OfText(UPLO.ToString())));

        /// <summary>A = QR with orthonormal columns in Q and R upper triangular; reduced: Q is [m, k], R is [k, n], k = min(m, n).</summary>
        public static (Tensor Q, Tensor R) qr(Tensor input, QRMode mode = QRMode.Reduced)
        {
            var factors = Aten.linalg_qr.CallMany(input, Argument.OfText(mode switch { QRMode.Complete => "complete", QRMode.R => "r", _ => "reduced" }));
            return (new(factors[0]), new(factors[1]));
        }

        /// <summary>Which factors <see cref="qr"/> makes.</summary>
        public enum QRMode
        {
            /// <summary>Q is [m, k], R is [k, n].</summary>
            Reduced = 0,

            /// <summary>Q is [m, m], R is [m, n].</summary>
            Complete = 1,

            /// <summary>R alone; Q is empty.</summary>
            R = 2,
        }
    }

    public static class nn
    {
        public static class functional
        {
            /// <summary>Cross-correlation, as neural networks have it: [N, C, H, W] with kernels [O, C/groups, h, w] to [N, O, H', W'].</summary>
            public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
                new(Aten.conv2d.Call(input, weight, bias, strides ?? [1, 1], padding ?? [0, 0], dilation ?? [1, 1], groups));

            /// <summary>The transpose of <see cref="conv2d"/> as a linear map: [N, O, H', W'] with kernels [O, C/groups, h, w] to [N, C, H, W].</summary>
            public static Tensor conv_transpose2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? output_padding = null, long[]? dilation = null, long groups = 1) =>
                new(Aten.conv_transpose2d_input.Call(input, weight, bias, strides ?? [1, 1], padding ?? [0, 0], output_padding ?? [0, 0], groups, dilation ?? [1, 1]));

            /// <summary>
            /// (x − mean)/√(variance + eps)·weight + bias, channel by channel of [N, C, …]. In training, mean and (biased) variance are the
            /// batch's, and the running ones move towards them by the momentum, in place; the running variance is the unbiased one.
            /// </summary>
            public static Tensor batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null, bool training = false, double momentum = 0.1, double eps = 1e-5)
            {
                var results = Aten.native_batch_norm.CallMany(input, Argument.Of(weight), Argument.Of(bias), Argument.Of(running_mean), Argument.Of(running_var), training, momentum, eps);

                // What the backward pass needs of the batch is held by the graph.
                foreach (var saved in results.AsSpan(1))
                {
                    if (saved != 0)
                    {
                        Door.Release(saved);
                    }
                }

                return new(results[0]);
            }
        }
    }

    public static DisposeScope NewDisposeScope() => new();

    public static DisposeScope? CurrentDisposeScope => DisposeScope.Current;

    /// <summary>The version of the libtorch that the binding was compiled against.</summary>
    public static string __version__ => Door.Version;

    /// <summary>Threads inside one operator, for calls from this thread; OpenBLAS keeps one count for the process.</summary>
    public static void set_num_threads(int num) => Door.Check(Door.SetThreads(num), "set_num_threads");

    public static int get_num_threads() => Door.Threads();

    public static bool cuda_is_available() => cuda.is_available();

    public static class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static int device_count() => Door.Check(Door.CudaDevices(), "cuda.device_count");

        /// <summary>Waits until all kernels on the device have run.</summary>
        public static void synchronize(Device? device = null) => Door.Check(Door.CudaSynchronize(device?.index ?? -1), "cuda.synchronize");
    }
}
