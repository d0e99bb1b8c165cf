namespace Reproduce.Training;

/// <summary>How settings change with the epochs, counted from 0.</summary>
public static class Schedules
{
    /// <summary>A learning rate that is multiplied where an epoch of the list begins: the design paper's baselines take 0.1 at 100 and 150.</summary>
    /// <param name="initial">At epoch 0.</param>
    /// <param name="factor">What multiplies it.</param>
    /// <param name="epochs">Where.</param>
    /// <param name="epoch">The epoch to come.</param>
    public static double Steps(double initial, double factor, IReadOnlyCollection<int> epochs, int epoch) =>
        initial * Math.Pow(factor, epochs.Count(step => step <= epoch));

    /// <summary>ν of the design paper (section 4.1.1): linearly from 1 to 0.1, and 0.1 from then on.</summary>
    /// <param name="last">The epoch at which 0.1 is reached: 500 in Fig. 7, otherwise 80 % of all.</param>
    /// <param name="epoch">The epoch to come.</param>
    public static double ShortcutWeight(int last, int epoch) => epoch >= last ? 0.1 : 1 - (0.9 * epoch / last);
}
