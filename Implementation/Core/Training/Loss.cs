namespace Reproduce.Training;

/// <summary>What a network without a regulariser is trained to make small; always the mean over a batch.</summary>
public enum Loss
{
    /// <summary>Softmax followed by cross-entropy (slope paper, section 3.1).</summary>
    CrossEntropy,

    /// <summary>The square of output minus target, averaged over the outputs as well (thesis, section 4.1).</summary>
    MeanSquare,
}
