using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Reproduce.Libtorch;

namespace Reproduce.Claims.Harness;

/// <summary>A test may call TorchSharp before anything of Core; how its native library is loaded is Core's to say.</summary>
internal static class CorePrepared
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "No test can do without it.")]
    internal static void Prepare() => RuntimeHelpers.RunModuleConstructor(typeof(TorchLibrary).Module.ModuleHandle);
}
