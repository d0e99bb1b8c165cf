namespace TorchSharp;

/// <summary>What a scope disposes. It knows its scope, so that it can leave it when it is disposed by hand.</summary>
internal interface IScoped : IDisposable
{
    DisposeScope? Scope { get; set; }
}

/// <summary>Disposes what was made while it was the innermost scope of its thread, unless that was moved out.</summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic] private static DisposeScope? innermost;

    private readonly HashSet<IDisposable> owned = new(ReferenceEqualityComparer.Instance);
    private DisposeScope? outer = innermost;
    private bool closed;

    internal DisposeScope() => innermost = this;

    /// <summary>The innermost scope of the thread.</summary>
    internal static DisposeScope? Current => innermost;

    public int DisposablesCount => owned.Count;

    public bool Contains(IDisposable disposable) => owned.Contains(disposable);

    /// <summary>Takes a tensor, from the scope that it is in.</summary>
    /// <exception cref="InvalidOperationException">It is something else: TorchSharp's scopes hold tensors only.</exception>
    /// <exception cref="ObjectDisposedException">The scope was closed.</exception>
    public void Attach(IDisposable disposable)
    {
        ObjectDisposedException.ThrowIf(closed, this);
        var tensor = disposable as IScoped ?? throw new InvalidOperationException($"a scope holds tensors, not a {disposable.GetType().Name}");
        tensor.Scope?.owned.Remove(tensor);
        Give(this, tensor);
    }

    /// <summary>Forgets a disposable: it lives until it is disposed or collected.</summary>
    public T Detach<T>(T disposable) where T : IDisposable
    {
        if (owned.Remove(disposable))
        {
            Give(null, disposable);
        }

        return disposable;
    }

    /// <summary>Hands a disposable to the scope around this one, or lets it go where there is none.</summary>
    public T MoveToOuter<T>(T disposable) where T : IDisposable
    {
        if (owned.Remove(disposable))
        {
            Give(outer, disposable);
        }

        return disposable;
    }

    /// <summary>Called by a disposable that was disposed by hand.</summary>
    public void MarkAsDisposed(IDisposable disposable)
    {
        owned.Remove(disposable);
        Give(null, disposable);
    }

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
            Leave();
        }
    }

    private static void Give(DisposeScope? scope, IDisposable disposable)
    {
        scope?.owned.Add(disposable);
        if (disposable is IScoped tensor)
        {
            tensor.Scope = scope;
        }
    }

    // A scope that is closed before one inside it leaves that one open, as in TorchSharp.
    private void Leave()
    {
        if (innermost == this)
        {
            innermost = outer;
            return;
        }

        for (var inner = innermost; inner is not null; inner = inner.outer)
        {
            if (inner.outer == this)
            {
                inner.outer = outer;
                return;
            }
        }
    }
}
