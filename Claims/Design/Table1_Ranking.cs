using Reproduce.Claims.Harness;
using Reproduce.Fixtures.Published;

namespace Reproduce.Claims.Design;

/// <summary>What the text says of the order of Table 1, held against the printed table.</summary>
public sealed class Table1_Ranking
{
    private const string Claim = "design.table-1.ranking";
    private static readonly PublishedTable Printed = PublishedTable.Load("design-table-1");

    /// <summary>Whether the first network's test error is the smaller one, beyond what rounding can hide.</summary>
    private static readonly UnderTest<Func<string, string, string, bool>> Outperforms = new(
        (row, other, column) => Printed[row, "error"].Value + Printed[row, "error"].Rounding
            < Printed[other, column].Value - Printed[other, column].Rounding,
        ("ranking-upside-down", (row, other, column) => Printed[row, "error"].Value > Printed[other, column].Value),
        ("ranking-by-size", (row, other, _) => Printed[row, "parameters"].Value > Printed[other, "parameters"].Value));

    /// <summary>7.17 % with 0.3 million parameters against 7.37 % with 0.46 million (7.51 % in He et al.).</summary>
    [ClaimRows(Claim)]
    [InlineData("error")]
    [InlineData("original error")]
    public void ResNet20WithLayer_OutperformsTheLargerResNet32(string column)
    {
        Outperforms.Run("ResNet20 GLD 0.75", "ResNet32", column).Should().BeTrue();
        Printed["ResNet20 GLD 0.75", "parameters"].Value.Should().BeLessThan(Printed["ResNet32", "parameters"].Value);
    }

    /// <summary>6.11 % and 5.74 %, against 6.18 % of ResNet1202, the best one without the layer, and 6.43 % at best in He et al.</summary>
    [ClaimRows(Claim)]
    [InlineData("ResNet56 GLD 0.5", "error")]
    [InlineData("ResNet56 GLD 0.5", "original error")]
    [InlineData("ResNet56 GLD 0.6", "error")]
    [InlineData("ResNet56 GLD 0.6", "original error")]
    public void ResNet56WithLayer_OutperformsAllPlainNetworks(string row, string column) =>
        Printed.RowNames.Where(other => !other.Contains("GLD", StringComparison.Ordinal))
            .Should().OnlyContain(other => Outperforms.Run(row, other, column));

    /// <summary>It does not outperform every larger network: ResNet44 has 6.90 %.</summary>
    [Claim(Claim, Role.Control)]
    public void ResNet20WithLayer_DoesNotOutperformResNet44() =>
        Outperforms.Run("ResNet20 GLD 0.75", "ResNet44", "error").Should().BeFalse();
}
