namespace Reproduce.Training;

/// <summary>Settings as functions of the number of completed epochs.</summary>
public static class Schedules
{
    /// <summary>Step decay of a learning rate: the design paper's baselines multiply it by 0.1 after 100 and after 150 epochs.</summary>
    /// <param name="initial">The initial rate.</param>
    /// <param name="factor">The factor of each step.</param>
    /// <param name="epochs">The steps, in completed epochs.</param>
    /// <param name="epoch">The number of completed epochs.</param>
    public static double Steps(double initial, double factor, IReadOnlyCollection<int> epochs, int epoch) =>
        initial * Math.Pow(factor, epochs.Count(step => step <= epoch));

    /// <summary>ν of the design paper (section 4.1.1): decreases linearly from 1 to 0.1 and stays there.</summary>
    /// <param name="last">The epoch at which 0.1 is reached: 500 in Fig. 7, otherwise 80 % of all epochs.</param>
    /// <param name="epoch">The number of completed epochs.</param>
    public static double ShortcutWeight(int last, int epoch) => epoch >= last ? 0.1 : 1 - (0.9 * epoch / last);
}
