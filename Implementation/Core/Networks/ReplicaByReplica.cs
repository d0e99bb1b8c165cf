using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>
/// An ensemble whose replicas pass through the network one after another: convolutional networks. One convolution with R groups in place
/// of R convolutions was slower on the CPU (see docs/ensembles.md), and only one replica's activations are held at a time.
/// </summary>
/// <remarks>A replica's numbers come from the same calls whether it is alone or among others, so they are the same to the last bit.</remarks>
public abstract class ReplicaByReplica : IEnsemble
{
    private readonly int _inputs;

    /// <param name="parameters">[R, …] each. The network owns them from now on.</param>
    /// <param name="shapes">Of one replica's parameters.</param>
    /// <param name="statistics">[R, …] each. The network owns them from now on.</param>
    /// <param name="inputs">n_0.</param>
    /// <exception cref="ArgumentException">The parameters have other shapes.</exception>
    private protected ReplicaByReplica(IReadOnlyList<Tensor> parameters, IEnumerable<long[]> shapes, IReadOnlyList<Tensor> statistics, int inputs)
    {
        Replicas = ParameterShapes.Check(parameters, shapes);
        (Parameters, Statistics, _inputs) = (parameters, statistics, inputs);
    }

    /// <inheritdoc/>
    public int Replicas { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Parameters { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Statistics { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor points)
    {
        using var scope = NewDisposeScope();
        Tensor Evaluate(int replica)
        {
            using var inner = NewDisposeScope();
            return Forward(replica, Of(Parameters, replica), Of(points, replica), training: false).MoveToOuterDisposeScope();
        }

        return stack(Enumerable.Range(0, Replicas).Select(Evaluate)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public abstract IEnsemble Subset(IReadOnlyList<int> replicas);

    /// <summary>One forward pass in training and the gradients of each replica's loss over its batch.</summary>
    /// <param name="points">[R, B, n_0].</param>
    /// <param name="targets">[R, B, …].</param>
    /// <param name="loss">Called with one replica after the other, r = 1.</param>
    /// <returns>Gradients shaped as the parameters; the losses, [R]. Both belong to the open scope.</returns>
    public (IReadOnlyList<Tensor> Gradients, Tensor Losses) Backward(Tensor points, Tensor targets, LossFunction loss)
    {
        using var scope = NewDisposeScope();
        Tensor[] gradients = [.. Parameters.Select(one => empty(one.shape, one.dtype, one.device))];
        var losses = new Tensor[Replicas];
        for (var replica = 0; replica < Replicas; replica++)
        {
            using var inner = NewDisposeScope();
            var (index, own) = (replica, Of(Parameters, replica));
            var (some, each) = Autograd.Backward(own, () => loss(Forward(index, own, Of(points, index), training: true).unsqueeze(0), targets.narrow(0, index, 1)));
            for (var i = 0; i < gradients.Length; i++)
            {
                gradients[i].select(0, replica).copy_(some[i]);
            }

            losses[replica] = each.MoveToOuterDisposeScope();
        }

        return ([.. gradients.Select(one => one.MoveToOuterDisposeScope())], cat([.. losses]).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Parameters.Concat(Statistics))
        {
            tensor.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>The outputs of one replica, [N, n_c].</summary>
    /// <param name="replica">Its number.</param>
    /// <param name="parameters">Its parameters, without the replica axis.</param>
    /// <param name="points">[N, n_0].</param>
    /// <param name="training">Whether this is a training step.</param>
    private protected abstract Tensor Forward(int replica, IReadOnlyList<Tensor> parameters, Tensor points, bool training);

    private static Tensor[] Of(IReadOnlyList<Tensor> tensors, int replica) => [.. tensors.Select(one => one.select(0, replica))];

    private Tensor Of(Tensor points, int replica) => points.shape switch
    {
        [_, var inputs] when inputs == _inputs => points,
        [var replicas, _, var inputs] when replicas == Replicas && inputs == _inputs => points.select(0, replica),
        var shape => throw new ArgumentException($"points of shape [{string.Join(", ", shape)}] for {Replicas} replicas of a network with {_inputs} inputs"),
    };
}
