using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using TorchSharp;

namespace Reproduce.Libtorch;

/// <summary>
/// Loads libtorch and TorchSharp's native library for every program that uses this assembly, at the first call of TorchSharp, and switches
/// off what they must not choose by themselves: oneDNN and NNPACK on the CPU (the float32 convolutions of oneDNN 3.7.1 are wrong on some
/// processors), and TensorFloat-32 on CUDA.
/// </summary>
public static class TorchLibrary
{
    /// <summary>The libtorch that this TorchSharp was built for. (The property <c>torch.__version__</c> would load it.)</summary>
    public const string MadeFor = "2.10.0";

    private const string Wrapper = "LibTorchSharp";

    // at::Context::setUserEnabledMkldnn(bool) and so on; TorchSharp has no call for the first two.
    private static readonly string[] Switches =
    [
        "_ZN2at7Context20setUserEnabledMkldnnEb",
        "_ZN2at7Context20setUserEnabledNNPACKEb",
        "_ZN2at7Context17setAllowTF32CuDNNEb",
        "_ZN2at7Context18setAllowTF32CuBLASEb",
    ];

    private static readonly Lazy<nint> Loaded = new(() =>
    {
        var wrapper = LoadWrapper();
        ScalarLifetime.Extend(wrapper);
        return wrapper;
    });

    private delegate nint GlobalContext();

    private delegate void SetFlag(nint context, byte value);

    private delegate ulong AbiVersion();

    /// <summary>The versions of TorchSharp and of the libtorch that is loaded.</summary>
    /// <exception cref="TorchUnusableException">They cannot be loaded.</exception>
    public static string Version
    {
        get
        {
            Load();
            return $"TorchSharp {typeof(torch).Assembly.GetName().Version!.ToString(3)}, libtorch {LoadedVersion()}";
        }
    }

    /// <summary>Loads both now, so that a failure ends in one sentence; TorchSharp by itself writes a page to standard output.</summary>
    /// <exception cref="TorchUnusableException">They cannot be loaded.</exception>
    public static void Load() => _ = Loaded.Value;

    /// <summary>The error message of libtorch, without the C++ stack frames that it adds.</summary>
    /// <param name="fault">Thrown by TorchSharp.</param>
    public static string Sentence(ExternalException fault) => fault.Message.Split('\n')[0].Trim();

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Every program that uses this assembly needs it, and none must forget it.")]
    internal static void Prepare()
    {
        NativeAllocator.Tune();
        SumOrder.Fix();

        // TorchSharp loads its library once by name, which only raises the event, and then at the first call of each function.
        var torchSharp = typeof(torch).Assembly;
        AssemblyLoadContext.GetLoadContext(torchSharp)!.ResolvingUnmanagedDll += (_, name) => name == Wrapper ? Loaded.Value : 0;
        NativeLibrary.SetDllImportResolver(torchSharp, (name, _, _) => name == Wrapper ? Loaded.Value : 0);
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
            // It brings all that the wrapper needs. A packed archive uses the host's PyTorch, found by the loader's search path.
            libtorch = NativeLibrary.Load(PathOf("libtorch.so") ?? "libtorch.so");
        }
        catch (DllNotFoundException fault)
        {
            throw new TorchUnusableException($"libtorch cannot be loaded ({FirstReason(fault)}): run ./setup, or see docs/pack.md", fault);
        }

        SwitchOff(libtorch);
        var wrapper = PathOf("libLibTorchSharp.so")
            ?? throw new TorchUnusableException("libLibTorchSharp.so is missing beside this program: run ./setup");
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
            throw new TorchUnusableException(
                $"TorchSharp cannot use libtorch {LoadedVersion()}, as it was built for {MadeFor} ({FirstReason(fault)})", fault);
        }
    }

    private static void SwitchOff(nint libtorch)
    {
        if (!NativeLibrary.TryGetExport(libtorch, "_ZN2at13globalContextEv", out var context))
        {
            return; // ArithmeticCheck finds what follows from it.
        }

        var global = Marshal.GetDelegateForFunctionPointer<GlobalContext>(context)();
        foreach (var one in Switches)
        {
            if (NativeLibrary.TryGetExport(libtorch, one, out var set))
            {
                Marshal.GetDelegateForFunctionPointer<SetFlag>(set)(global, 0);
            }
        }
    }

    /// <summary>The path of a native library of this program, or null.</summary>
    /// <param name="file">Such as <c>libtorch.so</c>.</param>
    public static string? PathOf(string file)
    {
        var folders = ((string?)AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Append(AppContext.BaseDirectory).Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }

    // By libtorch's stable interface; TorchSharp's own constant is the version it was built for.
    private static string LoadedVersion()
    {
        if (!NativeLibrary.TryLoad("libtorch_cpu.so", out var libtorch)
            || !NativeLibrary.TryGetExport(libtorch, "aoti_torch_abi_version", out var function))
        {
            return OperatingSystem.IsLinux() ? "before 2.9" : MadeFor;
        }

        var version = Marshal.GetDelegateForFunctionPointer<AbiVersion>(function)();
        return $"{version >> 56}.{(version >> 48) & 255}.{(version >> 40) & 255}";
    }

    // The loader's own line, such as "libtorch.so: undefined symbol: …", below the advice of .NET.
    private static string FirstReason(DllNotFoundException fault)
    {
        var lines = fault.Message.Split('\n').Skip(1).Select(line => line.Trim()).Where(line => line.Length > 0);
        return lines.OrderBy(line => line.Contains("No such file", StringComparison.Ordinal)).FirstOrDefault() ?? fault.Message;
    }
}
