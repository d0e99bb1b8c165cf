using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using TorchSharp;

namespace Reproduce.Libtorch;

/// <summary>
/// Loads libtorch and TorchSharp's native library for every program that uses this assembly, at the first call of TorchSharp, and sets what they
/// must not decide by themselves: oneDNN and NNPACK stay off on the CPU (oneDNN 3.7.1's float32 convolutions are wrong on some processors), as does TensorFloat-32
/// on CUDA.
/// </summary>
public static class TorchLibrary
{
    /// <summary>The libtorch that this TorchSharp was built for. (The property <c>torch.__version__</c> would load it.)</summary>
    public const string MadeFor = "2.10.0";

    private const string Wrapper = "LibTorchSharp";

    private static readonly Lazy<nint> Loaded = new(LoadWrapper);

    private delegate nint GlobalContext();

    private delegate void SetFlag(nint context, byte value);

    private delegate ulong AbiVersion();

    /// <summary>TorchSharp's version, and that of the libtorch that is loaded.</summary>
    /// <exception cref="TorchUnusableException">They cannot be loaded.</exception>
    public static string Version
    {
        get
        {
            Load();
            return $"TorchSharp {typeof(torch).Assembly.GetName().Version!.ToString(3)}, libtorch {LoadedVersion()}";
        }
    }

    /// <summary>Loads both now, so that what is wrong ends in one sentence. TorchSharp by itself writes a page to standard output.</summary>
    /// <exception cref="TorchUnusableException">They cannot be loaded.</exception>
    public static void Load() => _ = Loaded.Value;

    /// <summary>What libtorch complains of, without the C++ frames that it adds.</summary>
    /// <param name="fault">Thrown by TorchSharp.</param>
    public static string Sentence(ExternalException fault) => fault.Message.Split('\n')[0].Trim();

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Every program that uses this assembly needs it, and none may forget it.")]
    internal static void Prepare()
    {
        NativeAllocator.Tune();

        // TorchSharp looks for its library once by name, where only the event is asked, and then at the first call of each function.
        AssemblyLoadContext.GetLoadContext(typeof(torch).Assembly)!.ResolvingUnmanagedDll += (_, name) => name == Wrapper ? Loaded.Value : 0;
        NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, (name, _, _) => name == Wrapper ? Loaded.Value : 0);
    }

    private static nint LoadWrapper()
    {
        if (!OperatingSystem.IsLinux())
        {
            NativeLibrary.Load("torch_cpu", typeof(torch).Assembly, null);
            return NativeLibrary.Load(Wrapper, typeof(torch).Assembly, null);
        }

        nint libtorch;
        try
        {
            // It brings all that the wrapper needs. An archive takes it from the host's PyTorch, through the loader's path.
            libtorch = NativeLibrary.Load(PathOf("libtorch.so") ?? "libtorch.so");
        }
        catch (DllNotFoundException fault)
        {
            throw new TorchUnusableException($"libtorch cannot be loaded ({FirstReason(fault)}): run ./setup, or see docs/pack.md", fault);
        }

        KeepOff(libtorch);
        var wrapper = PathOf("libLibTorchSharp.so") ?? throw new TorchUnusableException("libLibTorchSharp.so is missing beside this program: run ./setup");
        try
        {
            try
            {
                return NativeLibrary.Load(wrapper);
            }
            catch (DllNotFoundException fault) when (fault.Message.Contains("GLIBCXX_", StringComparison.Ordinal))
            {
                return OlderStandardLibrary.Load(wrapper);
            }
        }
        catch (DllNotFoundException fault)
        {
            throw new TorchUnusableException($"TorchSharp cannot use libtorch {LoadedVersion()}, as it was built for {MadeFor} ({FirstReason(fault)})", fault);
        }
    }

    // at::globalContext().setUserEnabledMkldnn(false), and the like: TorchSharp has no call for the first two.
    private static void KeepOff(nint libtorch)
    {
        if (!NativeLibrary.TryGetExport(libtorch, "_ZN2at13globalContextEv", out var context))
        {
            return; // ArithmeticCheck sees what follows from it.
        }

        var global = Marshal.GetDelegateForFunctionPointer<GlobalContext>(context)();
        foreach (var setting in new[] { "_ZN2at7Context20setUserEnabledMkldnnEb", "_ZN2at7Context20setUserEnabledNNPACKEb", "_ZN2at7Context17setAllowTF32CuDNNEb", "_ZN2at7Context18setAllowTF32CuBLASEb" })
        {
            if (NativeLibrary.TryGetExport(libtorch, setting, out var set))
            {
                Marshal.GetDelegateForFunctionPointer<SetFlag>(set)(global, 0);
            }
        }
    }

    /// <summary>Where a native library of this program lies, or null.</summary>
    /// <param name="file">Such as <c>libtorch.so</c>.</param>
    public static string? PathOf(string file) =>
        ((string?)AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Append(AppContext.BaseDirectory)
            .Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);

    // The stable interface has a function for it; TorchSharp's own constant is what it was built for.
    private static string LoadedVersion()
    {
        if (!NativeLibrary.TryLoad("libtorch_cpu.so", out var libtorch) || !NativeLibrary.TryGetExport(libtorch, "aoti_torch_abi_version", out var function))
        {
            return OperatingSystem.IsLinux() ? "before 2.9" : MadeFor;
        }

        var version = Marshal.GetDelegateForFunctionPointer<AbiVersion>(function)();
        return $"{version >> 56}.{(version >> 48) & 255}.{(version >> 40) & 255}";
    }

    // The loader's own line, such as "libtorch.so: undefined symbol: …", beneath .NET's advice.
    private static string FirstReason(DllNotFoundException fault) =>
        fault.Message.Split('\n').Skip(1).Select(line => line.Trim()).Where(line => line.Length > 0).OrderBy(line => line.Contains("No such file", StringComparison.Ordinal)).FirstOrDefault() ?? fault.Message;
}
