using FsCheck;
using FsCheck.Fluent;
using Reproduce.Claims.Harness;
using Reproduce.Claims.Shared;
using Reproduce.Fixtures.Numbers;

namespace Reproduce.Claims.Smoothness;

/// <summary>
/// Section 4.4: a perfect fit with a lower S than the one that training picks is said to show that S is not regularised. That depends on
/// how low a value has to be. Up to a factor of c from the least, the fit found has to be lower by more than c.
/// </summary>
public sealed class Remark_SimplerModels
{
    // Whether models that were found show that training, which picked one, does not regularise S up to the factor.
    private static readonly UnderTest<Func<Model, IEnumerable<Model>, Rational, bool>> IsRuledOut = new(
        (picked, found, factor) => found.Any(model => model.Loss <= picked.Loss && factor * model.Measure < picked.Measure),
        ("ruled-out-by-any-lower-fit", (picked, found, _) =>
            found.Any(model => model.Loss <= picked.Loss && model.Measure < picked.Measure)),
        ("ruled-out-by-models-that-miss", (picked, found, factor) => found.Any(model => factor * model.Measure < picked.Measure)),
        ("ruled-out-by-a-rougher-fit", (picked, found, factor) =>
            found.Any(model => model.Loss <= picked.Loss && factor * model.Measure > picked.Measure)));

    /// <summary>1 to 6 models, of which the first fits and is picked; some of them are found; the factor is 1, 3/2, …, 5.</summary>
    private static readonly Arbitrary<Search> Searches = Arb.From(
        from count in Gen.Choose(1, 6)
        from losses in Gen.ArrayOf(Gen.Choose(0, 2), count)
        from measures in Gen.ArrayOf(Gen.Choose(0, 9), count)
        from found in Gen.Choose(0, (1 << count) - 1)
        from halves in Gen.Choose(2, 10)
        select new Search(
            [.. losses.Zip(measures).Select((model, i) => new Model(i == 0 ? 0 : model.First, model.Second))], found, new(halves, 2)));

    [Claim("smoothness.lower-model")]
    public void RandomModels_OneLowerByMoreThanTheFactor_IsNotRegularised() =>
        ExactInstances.Satisfy("a fit found with cS below the picked one's ⇒ the picked one's S is above cS*", Searches, search =>
            !IsRuledOut.Run(search.Picked, search.Found, search.Factor) || !search.IsRegularised);

    /// <summary>Once all models are known the converse holds as well; for c = 1 it says that any lower fit rules S out.</summary>
    [Claim("smoothness.lower-model")]
    public void RandomModels_AllKnown_AreRuledOutExactlyWhenNotRegularised() =>
        ExactInstances.Satisfy("some fit with cS below the picked one's ⇔ the picked one's S is above cS*", Searches, search =>
            IsRuledOut.Run(search.Picked, search.Models, search.Factor) == !search.IsRegularised);

    /// <summary>
    /// Training picks a fit with S = 10. At c = 3 a fit with S = 3 shows that it does not regularise S; one with 4 does not, nor one with
    /// 40, nor one with 0 that misses the data.
    /// </summary>
    [ClaimRows("smoothness.lower-model")]
    [InlineData(0, 3, true)]
    [InlineData(0, 4, false)]
    [InlineData(0, 40, false)]
    [InlineData(1, 0, false)]
    public void OneModelFound_ByHand(int loss, int measure, bool isRuledOut) =>
        IsRuledOut.Run(new Model(0, 10), [new Model(loss, measure)], 3).Should().Be(isRuledOut);

    /// <summary>Fits with S = 1, …, 10, of which training picks 2, a low value, within twice the least: there is a lower one.</summary>
    [Claim("smoothness.lower-model", Role.Counterexample)]
    public void SecondLowestOfTen_IsLow_AndCanBeLowered()
    {
        Model[] fits = [new Model(0, 2), new Model(0, 1), .. Enumerable.Range(3, 8).Select(measure => new Model(0, measure))];
        var search = new Search(fits, 2, 2);
        search.IsRegularised.Should().BeTrue();
        search.Found.Should().OnlyContain(model => model.Measure < search.Picked.Measure);
        IsRuledOut.Run(search.Picked, fits, search.Factor).Should().BeFalse();
        Evidence.Record(new Measurement(
            "fits with a lower S than the one that is picked, the second lowest of ten",
            fits.Count(model => model.Measure < search.Picked.Measure),
            "0 as printed, if training regularises S")
            { Dtype = "exact (integers)" });
    }

    [Claim("smoothness.lower-model", Role.Control)]
    public void AnyLowerFit_FactorDropped_IsCaught() =>
        ExactInstances.Violate("a lower fit found ⇒ the picked one's S is above cS*", Searches, search =>
            !search.Found.Any(model => model.Loss == 0 && model.Measure < search.Picked.Measure) || !search.IsRegularised);

    /// <summary>Finding none proves nothing, as the thesis says: the lower fit may not have been tried.</summary>
    [Claim("smoothness.lower-model", Role.Control)]
    public void SomeModelsOnly_AllKnownDropped_IsCaught() =>
        ExactInstances.Violate("no fit found with cS below the picked one's ⇒ the picked one's S is at most cS*", Searches, search =>
            IsRuledOut.Run(search.Picked, search.Found, search.Factor) || search.IsRegularised);

    /// <summary>A model, by its loss and its S.</summary>
    private sealed record Model(Rational Loss, Rational Measure);

    /// <summary>Models, of which training picks the first; the bits say which are found.</summary>
    private sealed record Search(Model[] Models, int Bits, Rational Factor)
    {
        public Model Picked => Models[0];

        public IEnumerable<Model> Found => Models.Where((_, i) => (Bits >> i & 1) == 1);

        /// <summary>The picked S is at most the factor times the least of a perfect fit.</summary>
        public bool IsRegularised =>
            Picked.Measure <= Factor * Models.Where(model => model.Loss == 0).Select(model => model.Measure).Min();

        public override string ToString() =>
            $"(L, S) = {string.Join(' ', Models.Select(model => $"({model.Loss}, {model.Measure})"))}, found {Bits:b}, c = {Factor}";
    }
}
