using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Data;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Section 4.3.2: the 45 data sets of two digits from MNIST, of up to 8192 training points, and their balance. Facts about data, decided by
/// counting labels; pending without the data.
/// </summary>
public sealed class Remark_MnistBinary
{
    private const int LargestSize = 8192;
    private const int PerDigit = 10_000;

    /// <summary>45 pairs of digits, each with enough training images for every size of the thesis.</summary>
    [Claim("smoothness.mnist-binary", Category = Category.Empirical)]
    public void PairsOfDigits_InTheTrainingSet_AreFortyFiveAndLargeEnough()
    {
        var data = Experiment.OrSkip(() => new DataStore().Load(DataSets.Mnist));
        var pairs = Pairs(data.TrainLabels);
        var smallest = pairs.OrderBy(pair => pair.Total).First();
        Evidence.Record(new Measurement(
            "images of the pair with the fewest", smallest.Total, $"at least {LargestSize}, the largest training set")
        {
            Samples = pairs.Count,
            Setting = $"digits {smallest.First} and {smallest.Second}",
            Data = $"mnist {data.Checksum}",
        });
        Experiment.Decide("smoothness.mnist-binary", DecideSizes(pairs));
    }

    /// <summary>Nine digits make 36 pairs, and 8000 images are not enough for 8192.</summary>
    [ClaimRows("smoothness.mnist-binary", Role.Control)]
    [InlineData(9, 5000, Verdict.NotReproduced)]
    [InlineData(10, 3000, Verdict.NotReproduced)]
    [InlineData(10, 5000, Verdict.Reproduced)]
    public void NineDigitsOrSmallSets_AreNotReproduced(int digits, int imagesOfTheLast, Verdict expected) =>
        DecideSizes(Pairs(Labels(Enumerable.Repeat(5000, digits - 1).Append(imagesOfTheLast)))).Verdict.Should().Be(expected);

    /// <summary>
    /// 10 000 of each digit, so that both labels are equally frequent: in the training set, and in training and test set together.
    /// </summary>
    [Claim("smoothness.mnist-binary.balance", Category = Category.Empirical)]
    public void PairsOfDigits_TruncatedToTenThousandOfEach_AreNotBalanced()
    {
        var data = Experiment.OrSkip(() => new DataStore().Load(DataSets.Mnist));
        var pairs = Pairs([.. data.TrainLabels, .. data.TestLabels]);
        var most = pairs.Max(pair => Math.Max(pair.FirstCount, pair.SecondCount));
        var worst = pairs.OrderByDescending(pair => Math.Abs(Share(pair) - 0.5)).First();
        var source = $"mnist {data.Checksum}";
        Evidence.Record(new Measurement(
            "images of the most frequent digit, training and test set together",
            most,
            $"at least {PerDigit} for a truncation to change anything")
            { Paper = "10 000", Data = source });
        Evidence.Record(new Measurement("share of the smaller digit in the least balanced pair", Share(worst), "1/2 if balanced")
        {
            Paper = "1/2",
            Setting = $"digits {worst.First} and {worst.Second}",
            Data = source,
            Samples = pairs.Count,
        });

        // The bound of smoothness.pl0-bound, in the training sets as the author's program makes them.
        double BoundOf(Pair pair)
        {
            var labels = data.TrainLabels.Where(label => label == pair.First || label == pair.Second).Take(LargestSize);
            return Bound([.. labels], (byte)pair.First);
        }

        List<double> bounds = [.. Pairs(data.TrainLabels).Select(BoundOf)];
        Evidence.Record(new Measurement(
            $"smallest bound 4k(n − k)/n² of PL0 among the 45 training sets of {LargestSize}", bounds.Min(), "1 if balanced")
            { Paper = "1", Series = bounds, Data = source });
        Experiment.Decide("smoothness.mnist-binary.balance", DecideBalance(pairs));
    }

    /// <summary>Enough of each digit; balanced, but not by truncation to 10 000; one image more with every digit.</summary>
    [ClaimRows("smoothness.mnist-binary.balance", Role.Control)]
    [InlineData(11_000, 0, Verdict.Reproduced)]
    [InlineData(6_000, 0, Verdict.Partly)]
    [InlineData(6_000, 1, Verdict.NotReproduced)]
    public void SyntheticLabels_AreJudgedByTheirBalance(int images, int morePerDigit, Verdict expected) =>
        DecideBalance(Pairs(Labels(Enumerable.Range(0, 10).Select(digit => images + (digit * morePerDigit)))))
            .Verdict.Should().Be(expected);

    private sealed record Pair(int First, int Second, int FirstCount, int SecondCount)
    {
        internal int Total => FirstCount + SecondCount;
    }

    private static (Verdict Verdict, string Reason) DecideSizes(IReadOnlyList<Pair> pairs)
    {
        var large = pairs.Count(pair => pair.Total >= LargestSize);
        return (
            pairs.Count == 45 && large == 45 ? Verdict.Reproduced : Verdict.NotReproduced,
            $"{pairs.Count} pairs of digits, {large} of them with at least {LargestSize} training images");
    }

    private static (Verdict Verdict, string Reason) DecideBalance(IReadOnlyList<Pair> pairs)
    {
        var balanced = pairs.Count(pair => Math.Min(PerDigit, pair.FirstCount) == Math.Min(PerDigit, pair.SecondCount));
        var whole = pairs.Count(pair => Math.Min(pair.FirstCount, pair.SecondCount) >= PerDigit);
        var verdict = balanced < pairs.Count ? Verdict.NotReproduced : whole < pairs.Count ? Verdict.Partly : Verdict.Reproduced;
        return (
            verdict,
            $"of {pairs.Count} pairs {balanced} are balanced after truncation to {PerDigit} of each digit, and {whole} have as many");
    }

    private static double Share(Pair pair) => (double)pair.FirstCount / pair.Total;

    private static double Bound(byte[] labels, byte first)
    {
        double count = labels.Length, ones = labels.Count(label => label == first);
        return 4 * ones * (count - ones) / (count * count);
    }

    private static IReadOnlyList<Pair> Pairs(IEnumerable<byte> labels)
    {
        var counts = labels.CountBy(label => label).OrderBy(count => count.Key).ToList();
        return
        [
            .. from first in counts
               from second in counts
               where first.Key < second.Key
               select new Pair(first.Key, second.Key, first.Value, second.Value),
        ];
    }

    private static IEnumerable<byte> Labels(IEnumerable<int> counts) =>
        counts.SelectMany((count, digit) => Enumerable.Repeat((byte)digit, count));
}
