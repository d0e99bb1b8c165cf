using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Reproduce.Fixtures.Experiments;

namespace Reproduce.Claims.Foundations.Experiments;

/// <summary>
/// The store runs missing cells and keeps finished ones, in a temporary folder. A cell of the fixture records that it ran and gives its
/// number; the tests check which ran, and what the folder holds afterwards.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class CellStoreTests : IDisposable
{
    // How long one thread waits for another before the test fails; far longer than any wait that succeeds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly string folder = Directory.CreateTempSubdirectory("reproduce-cells-").FullName;
    private readonly ConcurrentQueue<string> ran = [];

    private CellStore Store => new(folder);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20)]
    public void Run_MissingCells_RunsEachOnceAndKeepsTheirOrder(int workers)
    {
        var results = Run(Cells(9), workers);
        ran.Should().BeEquivalentTo(Cells(9).Select(cell => cell.Name));
        results.Select(Number).Should().Equal(0, 1, 2, 3, 4, 5, 6, 7, 8);
        ShouldHoldFinishedFilesOnly(9);
    }

    [Fact]
    public void Run_Again_RunsNothing()
    {
        var first = Run(Cells(4), 2);
        var second = Run(Cells(4), 2);
        ran.Should().HaveCount(4);
        second.Select(Number).Should().Equal(first.Select(Number));
        second.Select(result => result.Finished).Should().Equal(first.Select(result => result.Finished));
    }

    [Fact]
    public void Run_SomeFinished_RunsTheRest()
    {
        Run(Cells(2), 1);
        Run(Cells(4), 2).Select(Number).Should().Equal(0, 1, 2, 3);
        ran.Should().HaveCount(4).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public void Run_NoCells_GivesNothing() => Run([], 2).Should().BeEmpty();

    [Fact]
    public void Run_CellWithAnotherKey_IsRunAgainAndKeptBesideTheFirst()
    {
        var (first, changed) = (Cell(0), Cell(0, rate: "0.02", result: 7));
        Run([first], 1);
        Store.Find(changed).Should().BeNull();
        Number(Run([changed], 1)[0]).Should().Be(7);
        ran.Should().HaveCount(2);
        Number(Store.Find(first)!).Should().Be(0);
        ShouldHoldFinishedFilesOnly(2);
    }

    [Fact]
    public void Find_FileThatHoldsAnotherKey_IsNoResult()
    {
        var (first, changed) = (Cell(0), Cell(0, rate: "0.02", result: 7));
        Run([first], 1);
        var kept = Files().Single();
        Run([changed], 1);
        File.Copy(kept, Files().Single(file => file != kept), overwrite: true);
        Store.Find(changed).Should().BeNull();
        Number(Run([changed], 1)[0]).Should().Be(7);
    }

    [Fact]
    public void Find_FinishedCell_IsWhatWasStored()
    {
        var before = DateTime.UtcNow;
        Run([Cell(3)], 1);
        var found = Store.Find(Cell(3))!;
        (found.Experiment, found.Name, found.Hash, Number(found)).Should().Be(("slope.fig-1", "cell-3", Cell(3).Hash, 3));
        found.Key.Should().BeEquivalentTo(Cell(3).Key);
        found.Finished.Should().BeOnOrAfter(before.AddSeconds(-1)).And.BeOnOrBefore(DateTime.UtcNow.AddSeconds(1));
        found.Seconds.Should().BeInRange(0, 60);
        Store.Find(Cell(4)).Should().BeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"experiment\": \"slope.fig-1\", \"na")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1, 2]")]
    [InlineData("\0\0\0\0")]
    public void Run_DamagedFile_IsReplaced(string content)
    {
        Run([Cell(0)], 1);
        File.WriteAllText(Files().Single(), content);
        Store.Find(Cell(0)).Should().BeNull();
        Number(Run([Cell(0)], 1)[0]).Should().Be(0);
        ran.Should().HaveCount(2);
        Store.Find(Cell(0)).Should().NotBeNull();
    }

    [Theory]
    [InlineData("\"result\": 3", "\"result\": 4")]
    [InlineData("\"hash\": \"", "\"hash\": \"0")]
    [InlineData("{", "")]
    public void Run_FileEditedByHand_IsNamedAndReplaced(string written, string edited)
    {
        Run([Cell(3)], 1);
        var path = Files().Single();
        var content = File.ReadAllText(path);
        content.Should().Contain(written);
        File.WriteAllText(path, content.Replace(written, edited));
        Store.Find(Cell(3)).Should().BeNull();
        Store.Refusal(Cell(3)).Should().StartWith(path);
        Number(Run([Cell(3)], 1)[0]).Should().Be(3);
        ran.Should().HaveCount(2);
        Store.Refusal(Cell(3)).Should().BeNull();
    }

    [Fact]
    public void Run_FileWithoutItsDigest_IsNamedAndReplaced()
    {
        Run([Cell(3)], 1);
        var path = Files().Single();
        var content = File.ReadAllText(path);
        var without = Regex.Replace(content, @",\s*""digest"": ""[0-9a-f]+""", "");
        without.Length.Should().BeLessThan(content.Length);
        File.WriteAllText(path, without);
        Store.Refusal(Cell(3)).Should().StartWith(path);
        Number(Run([Cell(3)], 1)[0]).Should().Be(3);
        ran.Should().HaveCount(2);
    }

    [Fact]
    public void Run_FileCutAnywhere_IsReplaced()
    {
        Run([Cell(0)], 1);
        var whole = File.ReadAllText(Files().Single()).TrimEnd();
        for (var length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllText(Files().Single(), whole[..length]);
            Store.Find(Cell(0)).Should().BeNull();
        }
    }

    /// <summary>The other cells finish; the reason stays on file until the cell succeeds.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_CellThatFails_FinishesTheOthersAndRethrows(int workers)
    {
        var cells = Cells(6);
        cells[3] = Cell(3) with { Run = (_, _) => throw new InvalidDataException("cell 3 is broken") };
        FluentActions.Invoking(() => Run(cells, workers)).Should().ThrowExactly<InvalidDataException>().WithMessage("cell 3 is broken");
        ran.Should().BeEquivalentTo("cell-0", "cell-1", "cell-2", "cell-4", "cell-5");
        Store.Failure(cells[3]).Should().Contain("cell 3 is broken");
        Store.Failure(cells[2]).Should().BeNull();

        Run(Cells(6), 2).Select(Number).Should().Equal(0, 1, 2, 3, 4, 5);
        ran.Should().HaveCount(6).And.OnlyHaveUniqueItems();
        Store.Failure(cells[3]).Should().BeNull();
        ShouldHoldFinishedFilesOnly(6);
    }

    /// <summary>NaN would enter a verdict as if it had been measured.</summary>
    [Fact]
    public void Run_CellWhoseResultHoldsNaN_Fails()
    {
        var cells = Cells(2);
        var format = new JsonSerializerOptions { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };
        cells[1] = cells[1] with { Run = (_, _) => JsonSerializer.SerializeToElement(new { losses = new[] { 1, double.NaN } }, format) };
        FluentActions.Invoking(() => Run(cells, 1))
            .Should().Throw<ArithmeticException>().WithMessage("slope.fig-1, cell-1: the result holds NaN");
        Store.Find(cells[1]).Should().BeNull();
        Store.Failure(cells[1]).Should().Contain("NaN");
    }

    [Fact]
    public void Run_Finished_RecordsThatTheArithmeticWasChecked() => Run(Cells(1), 1)[0].Arithmetic.Should().Contain("agree with float64");

    [Fact]
    public void Run_Cancelled_KeepsTheFinishedOnes()
    {
        using var source = new CancellationTokenSource();
        var cells = Cells(6);
        cells[2] = Cell(2) with
        {
            Run = (_, cancellation) =>
            {
                source.Cancel();
                cancellation.ThrowIfCancellationRequested();
                throw new InvalidOperationException("the token of the run reaches the cell");
            },
        };
        FluentActions.Invoking(() => Store.Run(cells, 1, cancellation: source.Token)).Should().Throw<OperationCanceledException>();
        ran.Should().Equal("cell-0", "cell-1");
        ShouldHoldFinishedFilesOnly(2);
    }

    /// <summary>
    /// What breaks in a cell while the run is being stopped, such as a library at the end of the process, is no failure of it.
    /// </summary>
    [Fact]
    public void Run_CancelledWithAFault_RecordsNoFailure()
    {
        using var source = new CancellationTokenSource();
        var cell = Cell(0) with
        {
            Run = (_, _) =>
            {
                source.Cancel();
                throw new InvalidOperationException("the process ends");
            },
        };
        FluentActions.Invoking(() => Store.Run([cell], 1, cancellation: source.Token)).Should().Throw<OperationCanceledException>();
        Store.Failure(cell).Should().BeNull();
    }

    [Fact]
    public void Run_AlreadyCancelled_RunsNothing()
    {
        var cancelled = new CancellationToken(canceled: true);
        FluentActions.Invoking(() => Store.Run(Cells(3), 2, cancellation: cancelled)).Should().Throw<OperationCanceledException>();
        ran.Should().BeEmpty();
    }

    /// <summary>Two runs of the same cells at once, as by overlapping shards: both end with every result.</summary>
    [Fact]
    public void Run_TwoStoresOnOneFolderAtOnce_BothFinish()
    {
        const int count = 40;
        using var together = new Barrier(2);
        Cell[] Meeting() => [.. Cells(count).Select(cell => cell with
        {
            Run = (report, cancellation) =>
            {
                together.SignalAndWait(Patience, CancellationToken.None);
                return cell.Run(report, cancellation);
            },
        })];
        var results = new IReadOnlyList<CellResult>?[2];
        var failures = new ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, 2).Select(i => new Thread(() =>
        {
            try
            {
                results[i] = Run(Meeting(), 1);
            }
            catch (Exception exception)
            {
                failures.Enqueue(exception);
                together.RemoveParticipant();
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        failures.Should().BeEmpty();
        results[0]!.Select(Number).Should().Equal(Enumerable.Range(0, count));
        results[1]!.Select(Number).Should().Equal(Enumerable.Range(0, count));
        ShouldHoldFinishedFilesOnly(count);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Run_AsManyCellsAsWorkers_RunsThemAtOnce(int workers)
    {
        using var together = new Barrier(workers);
        var met = 0;
        var cells = Cells(workers).Select(cell => cell with
        {
            Run = (_, cancellation) =>
            {
                Interlocked.Add(ref met, together.SignalAndWait(Patience, cancellation) ? 1 : 0);
                return JsonSerializer.SerializeToElement(0);
            },
        });
        Run([.. cells], workers);
        met.Should().Be(workers, "every worker holds a cell while the others run theirs");
    }

    [Fact]
    public void Run_WithProgress_ReportsStartMiddleAndEnd()
    {
        var seen = new ConcurrentQueue<CellProgress>();
        var cell = Cell(0) with
        {
            Run = (report, _) =>
            {
                report(0.5, "half way");
                return JsonSerializer.SerializeToElement(0);
            },
        };
        Store.Run([cell], 1, seen.Enqueue, TestContext.Current.CancellationToken);
        seen.Select(one => (one.Cell, one.Done)).Should().Equal(("cell-0", 0), ("cell-0", 0.5), ("cell-0", 1));
        seen.ElementAt(1).Status.Should().Be("half way");
    }

    [Fact]
    public void Hash_OfTheSameKey_DoesNotDependOnItsOrder()
    {
        Cell Make(params (string Name, string Value)[] key) =>
            new("slope.fig-1", "cell", key.ToDictionary(one => one.Name, one => one.Value), (_, _) => 0);
        Make(("a", "1"), ("b", "2")).Hash.Should().Be(Make(("b", "2"), ("a", "1")).Hash).And.MatchRegex("^[0-9a-f]{16}$");
        Make(("a", "1"), ("b", "2")).Hash.Should().NotBe(Make(("a", "2"), ("b", "1")).Hash);
        Make(("a", "1")).Hash.Should().NotBe(Make(("a", "1"), ("b", "2")).Hash);
    }

    private IReadOnlyList<CellResult> Run(IReadOnlyList<Cell> cells, int workers) =>
        Store.Run(cells, workers, cancellation: TestContext.Current.CancellationToken);

    private Cell[] Cells(int count) => [.. Enumerable.Range(0, count).Select(i => Cell(i))];

    private Cell Cell(int number, string rate = "0.01", int? result = null) => new(
        "slope.fig-1",
        $"cell-{number}",
        new Dictionary<string, string> { ["rate"] = rate, ["number"] = $"{number}", ["device"] = "cpu" },
        (_, _) =>
        {
            ran.Enqueue($"cell-{number}");
            return JsonSerializer.SerializeToElement(result ?? number);
        });

    private static int Number(CellResult result) => result.Result.GetInt32();

    private string[] Files() => Directory.GetFiles(folder, "*", SearchOption.AllDirectories);

    private void ShouldHoldFinishedFilesOnly(int count)
    {
        Files().Should().HaveCount(count);
        Files().Should().OnlyContain(file => file.EndsWith(".json", StringComparison.Ordinal), "nothing partial is left behind");
    }
}
