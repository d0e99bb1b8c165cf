namespace TorchSharp;

/// <summary>Keeps the scopes that are open on a thread.</summary>
public class DisposeScopeManager
{
    [ThreadStatic] private static Stack<DisposeScope>? open;

    private static Stack<DisposeScope> Open => open ??= [];

    internal static DisposeScope? Current => Open.TryPeek(out var scope) ? scope : null;

    internal static DisposeScope Begin()
    {
        var scope = new DisposeScope();
        Open.Push(scope);
        return scope;
    }

    /// <summary>Closes the scope, and those that were opened inside it and forgotten.</summary>
    internal static void End(DisposeScope scope)
    {
        if (Open.Contains(scope))
        {
            while (Open.Pop() != scope)
            {
            }
        }
    }

    internal static DisposeScope? Outer(DisposeScope scope) => Open.SkipWhile(one => one != scope).Skip(1).FirstOrDefault();
}

/// <summary>Disposes what was made while it was the innermost scope of its thread, unless that was moved out.</summary>
public sealed class DisposeScope : IDisposable
{
    private readonly HashSet<IDisposable> owned = new(ReferenceEqualityComparer.Instance);
    private bool closed;

    internal DisposeScope()
    {
    }

    public int DisposablesCount => owned.Count;

    public bool Contains(IDisposable disposable) => owned.Contains(disposable);

    public void Attach(IDisposable disposable) => owned.Add(disposable);

    /// <summary>Forgets a disposable: it lives until it is disposed or collected.</summary>
    public T Detach<T>(T disposable) where T : IDisposable
    {
        owned.Remove(disposable);
        return disposable;
    }

    /// <summary>Hands a disposable to the scope around this one, or lets it go where there is none.</summary>
    public T MoveToOuter<T>(T disposable) where T : IDisposable
    {
        if (owned.Remove(disposable))
        {
            DisposeScopeManager.Outer(this)?.Attach(disposable);
        }

        return disposable;
    }

    /// <summary>Called by a disposable that was disposed by hand.</summary>
    public void MarkAsDisposed(IDisposable disposable) => owned.Remove(disposable);

    public void DisposeEverything()
    {
        var all = owned.ToArray();
        owned.Clear();
        foreach (var one in all)
        {
            one.Dispose();
        }
    }

    public void Dispose()
    {
        if (!closed)
        {
            closed = true;
            DisposeEverything();
            DisposeScopeManager.End(this);
        }
    }
}
