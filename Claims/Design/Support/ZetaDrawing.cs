using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Experiments.Design.Zeta;

namespace Reproduce.Claims.Design.Support;

/// <summary>λ_max(ζ) and its bound in the course of training, by what is inserted and by labels.</summary>
internal static class ZetaDrawing
{
    /// <summary>What the figure calls a network.</summary>
    internal static string Title(Inserted inserted) => inserted switch
    {
        Inserted.Nothing => "nothing inserted",
        Inserted.Layer => "a plain layer",
        Inserted.GL => "GL",
        _ => "GLD",
    };

    /// <inheritdoc cref="Title(Inserted)"/>
    internal static string Title(string network) => Title(Enum.Parse<Inserted>(network));

    /// <summary>A panel for each quantity and kind of labels; a curve for each network.</summary>
    internal static void Draw(IReadOnlyList<ZetaOfPair> pairs)
    {
        (string Panel, Func<ZetaLook, double> Of)[] quantities =
        [
            ("λ_max(ζ), mean", look => look.Training.Mean),
            ("the bound ∏σ²", look => look.Bound),
            ("‖J‖², λ_max(ζ) for the square loss", look => look.SquaredSlope),
        ];
        IEnumerable<Curve> Curves(ZetaOfPair pair) =>
            from quantity in quantities
            from labels in new[] { (Name: "real", Network: pair.Real), (Name: "random", Network: pair.Random) }
            let looks = labels.Network.Course.Where(look => look.Epoch > 0).ToList()
            select new Curve(
                $"{Title(pair.Network)}, {labels.Name} labels, seed {pair.Repetition}",
                [.. looks.Select(look => (double)look.Epoch)],
                [.. looks.Select(quantity.Of)])
            {
                Panel = $"{quantity.Panel}, {labels.Name} labels",
                Group = Title(pair.Network),
            };
        string AtTheEnd(IGrouping<string, ZetaOfPair> same) =>
            $"{Title(same.Key)} {GeometricMean(same, pair => pair.Real):G3} with real and "
            + $"{GeometricMean(same, pair => pair.Random):G3} with random labels";
        Evidence.Draw(new(
            "D, section 3",
            "The pulled-back metric with and without generalization layers",
            $"Mean λ_max(ζ) at training images after {pairs[0].Epochs} epochs, geometric means over "
                + $"{pairs.Max(pair => pair.Repetition)} networks: "
                + $"{string.Join("; ", pairs.GroupBy(pair => pair.Network).Select(AtTheEnd))}. "
                + $"{pairs[0].Images} images of MNIST. Both axes are logarithmic; values before the first epoch are not drawn.",
            new("epoch") { IsLogarithmic = true },
            new("value") { IsLogarithmic = true },
            FigureMark.Line,
            [.. pairs.SelectMany(Curves)]));
    }

    private static double GeometricMean(IEnumerable<ZetaOfPair> pairs, Func<ZetaOfPair, ZetaInTraining> of) =>
        Math.Exp(pairs.Average(pair => Math.Log(of(pair).Course[^1].Training.Mean)));
}
