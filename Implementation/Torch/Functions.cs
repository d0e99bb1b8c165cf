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
