namespace Reproduce.Claims.Harness;

/// <summary>
/// A function that tests call through <see cref="Run"/>, with deliberately wrong ones that can take its place. Keep it in a static
/// readonly field, which is how <see cref="Mutants"/> finds it.
/// </summary>
/// <typeparam name="TFunction">A delegate type.</typeparam>
/// <param name="right">The implementation under test.</param>
/// <param name="wrong">The mutants: a unique name such as <c>jacobian-transposed</c>, and what runs in its place.</param>
public sealed class UnderTest<TFunction>(TFunction right, params (string Mutant, TFunction Run)[] wrong) : IUnderTest
    where TFunction : Delegate
{
    /// <summary>The right implementation, or the active mutant where it is one of this function's.</summary>
    public TFunction Run
    {
        get
        {
            var active = ActiveMutant.Current?.Mutant;
            return active is null ? right : wrong.Where(one => one.Mutant == active).Select(one => one.Run).FirstOrDefault(right);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Names => wrong.Select(one => one.Mutant);

    /// <inheritdoc/>
    public bool IsOfTheLibrary => LibraryCode.Has(right.Method);
}

/// <summary>What <see cref="Mutants"/> needs to know of an <see cref="UnderTest{TFunction}"/>.</summary>
public interface IUnderTest
{
    /// <summary>The names of its mutants.</summary>
    IEnumerable<string> Names { get; }

    /// <summary>The right implementation is the library's, or calls it; otherwise it is written out for the statement.</summary>
    bool IsOfTheLibrary { get; }
}
