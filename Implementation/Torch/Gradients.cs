using static TorchSharp.Door;

namespace TorchSharp;

public static partial class torch
{
    public static bool is_grad_enabled() => GradEnabled() != 0;

    /// <summary>No graph is recorded on this thread until the result is disposed.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    private sealed class GradMode : IDisposable
    {
        private readonly bool before = is_grad_enabled();

        internal GradMode(bool enabled) => SetGradEnabled(enabled ? 1 : 0);

        public void Dispose() => SetGradEnabled(before ? 1 : 0);
    }

    public static class autograd
    {
        /// <summary>
        /// The gradients of the outputs with respect to the inputs; of an input that is unused, where that is allowed, an invalid
        /// tensor. The graph is freed unless <paramref name="retain_graph"/> says otherwise, even where one of the gradients is
        /// recorded.
        /// </summary>
#pragma warning disable CS8625 // TorchSharp's signature is not annotated.
        public static unsafe IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor> grad_outputs = null, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
#pragma warning restore CS8625
        {
            Value* results;
            int count;
            fixed (nint* from = Handles(outputs))
            fixed (nint* to = Handles(inputs))
            fixed (nint* seeds = Handles(grad_outputs))
            {
                count = Check(
                    Grad(from, outputs.Count, to, inputs.Count, seeds, grad_outputs?.Count ?? 0, retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, &results),
                    "autograd.grad");
            }

            GC.KeepAlive(outputs);
            GC.KeepAlive(inputs);
            GC.KeepAlive(grad_outputs);
            var gradients = new Tensor[count];
            for (var i = 0; i < count; i++)
            {
                gradients[i] = new Tensor(results[i].Kind == Kind.None ? 0 : (nint)results[i].Pointer);
            }

            return gradients;
        }

        private static nint[] Handles(IList<Tensor>? tensors) => tensors is null ? [] : [.. tensors.Select(tensor => tensor.Handle)];
    }
}
