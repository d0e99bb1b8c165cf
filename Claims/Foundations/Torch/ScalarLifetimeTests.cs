using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Torch;

/// <summary>A number that is passed to libtorch is the one that libtorch sees, whatever the garbage collector does meanwhile.</summary>
[Trait("Category", "Foundation")]
public class ScalarLifetimeTests
{
    /// <summary>On two threads, with collections and finalisers on a third. Without <c>ScalarLifetime</c> such a loop throws.</summary>
    [Fact]
    public void Scalars_DuringCollections_AreRead()
    {
        using var over = new CancellationTokenSource();
        var collecting = new Thread(() =>
        {
            while (!over.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collecting.Start();
        var wrong = 0;
        Parallel.For(0, 2, _ =>
        {
            using var one = ones(4, float64);
            for (var i = 0; i < 100_000; i++)
            {
                using var sum = one.add((double)i);
                using var product = sum.mul(2.0);
                wrong += product.data<double>()[0] == 2.0 * (i + 1) ? 0 : 1;
            }
        });
        over.Cancel();
        collecting.Join();
        wrong.Should().Be(0);
    }
}
