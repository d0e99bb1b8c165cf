using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Networks;

/// <summary>
/// An ensemble of convolutional networks that evaluates its replicas one after another. One convolution with R groups in place of R
/// convolutions was slower on the CPU (see docs/ensembles.md), and in evaluation only one replica's activations are held at a time.
/// </summary>
/// <remarks>A replica's results come from the same calls whether it is alone or among others, so they have the same bits.</remarks>
public abstract class ReplicaByReplica : IEnsemble
{
    private readonly int _inputs;

    /// <param name="parameters">[R, …] each. The network owns them from now on.</param>
    /// <param name="shapes">The shapes of one replica's parameters.</param>
    /// <param name="statistics">[R, …] each. The network owns them from now on.</param>
    /// <param name="inputs">n_0.</param>
    /// <exception cref="ArgumentException">The parameters have other shapes.</exception>
    private protected ReplicaByReplica(
        IReadOnlyList<Tensor> parameters, IEnumerable<long[]> shapes, IReadOnlyList<Tensor> statistics, int inputs)
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
    public Tensor Forward(Tensor points) => Forward(points, training: false);

    /// <inheritdoc/>
    public Tensor ForwardInTraining(Tensor points) => Forward(points, training: true);

    /// <inheritdoc/>
    public abstract IEnsemble Subset(IReadOnlyList<int> replicas);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Parameters.Concat(Statistics))
        {
            tensor.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Called once before the replicas are evaluated.</summary>
    private protected virtual void BeginPass()
    {
    }

    /// <summary>The outputs of one replica, [N, n_c].</summary>
    /// <param name="replica">Its number.</param>
    /// <param name="parameters">Its parameters, without the replica axis.</param>
    /// <param name="points">[N, n_0].</param>
    /// <param name="training">Whether this is a training step.</param>
    private protected abstract Tensor Forward(int replica, IReadOnlyList<Tensor> parameters, Tensor points, bool training);

    private Tensor Forward(Tensor points, bool training)
    {
        using var scope = NewDisposeScope();
        Tensor Outputs(int replica)
        {
            using var inner = NewDisposeScope();
            var parameters = Parameters.Select(one => one.select(0, replica)).ToList();
            return Forward(replica, parameters, PointsOf(replica, points), training).MoveToOuterDisposeScope();
        }

        BeginPass();
        return stack(Enumerable.Range(0, Replicas).Select(Outputs)).MoveToOuterDisposeScope();
    }

    private Tensor PointsOf(int replica, Tensor points) => points.shape switch
    {
        [_, var inputs] when inputs == _inputs => points,
        [var replicas, _, var inputs] when replicas == Replicas && inputs == _inputs => points.select(0, replica),
        var shape => throw new ArgumentException(
            $"points of shape [{string.Join(", ", shape)}] for {Replicas} replicas of a network with {_inputs} inputs"),
    };
}
