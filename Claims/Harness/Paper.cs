namespace Reproduce.Claims.Harness;

/// <summary>
/// A paper, or what stands in its place for claims in none of them. To add one, list it in <see cref="All"/> and put its claims.md and
/// numbered-items.txt into its folder; a namespace of tests follows from the folder.
/// </summary>
/// <param name="Id">The first part of its claims' ids.</param>
/// <param name="Letter">By which places name it; empty for claims in none of the papers, as is all that follows but the title.</param>
/// <param name="Title">The title.</param>
/// <param name="Authors">In the order of the paper.</param>
/// <param name="Kind">What it is, such as a preprint.</param>
/// <param name="Year">When it appeared.</param>
/// <param name="Number">By which it is found, such as <c>arXiv:2107.01473</c>.</param>
/// <param name="Address">Where that leads.</param>
public sealed record Paper(
    string Id, string Letter, string Title, IReadOnlyList<string> Authors, string Kind, int Year, string Number, string Address)
{
    /// <summary>All of them, in the order of the report.</summary>
    public static IReadOnlyList<Paper> All { get; } =
    [
        new(
            "slope", "S", "Slope and generalization properties of neural networks",
            ["Anton Johansson", "Niklas Engsner", "Claes Strannegård", "Petter Mostad"],
            "preprint", 2021, "arXiv:2107.01473", "https://arxiv.org/abs/2107.01473"),
        new(
            "smoothness", "B", "Smoothness of functions learned by neural networks",
            ["Václav Volhejn"],
            "bachelor thesis, Charles University, Prague", 2020, "hdl:20.500.11956/119446", "http://hdl.handle.net/20.500.11956/119446"),
        new(
            "intervals", "I", "Towards quantifying intrinsic generalization of deep ReLU networks",
            ["Shaeke Salman", "Canlin Zhang", "Xiuwen Liu", "Washington Mio"],
            "preprint", 2019, "arXiv:1910.08581", "https://arxiv.org/abs/1910.08581"),
        new(
            "design", "D", "Generalization by design: shortcuts to generalization in deep learning",
            ["Petr Taborsky", "Lars Kai Hansen"],
            "preprint", 2021, "arXiv:2107.02253", "https://arxiv.org/abs/2107.02253"),
        new("beyond", "", "Beyond the papers", [], "", 0, "", ""),
    ];

    /// <summary>It is a paper, and its claims are not in none of them.</summary>
    public bool IsPaper => Letter.Length > 0;

    /// <summary>The folder of its tests under <c>Claims</c>, and the last part of their namespace.</summary>
    public string Folder => $"{char.ToUpperInvariant(Id[0])}{Id[1..]}";

    /// <summary>The entries of its claims, relative to the root.</summary>
    public string ClaimsFile => $"Claims/{Folder}/claims.md";
}
