using System.Reflection;
using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>The native side: <c>native/door.cpp</c>. Every failure becomes an exception that carries libtorch's message.</summary>
internal static unsafe partial class Door
{
    private const string Library = "reproduce_torch";

    static Door() => NativeLibrary.SetDllImportResolver(typeof(Door).Assembly, Resolve);

    /// <summary>What a <see cref="Value"/> holds. Keep in step with door.cpp.</summary>
    internal enum Kind
    {
        None, Tensor, Integer, Real, Boolean, Text, Device, Integers, Tensors,
    }

    /// <summary>One argument or result of a boxed call.</summary>
    [StructLayout(LayoutKind.Explicit)]
    internal struct Value
    {
        [FieldOffset(0)] internal Kind Kind;
        [FieldOffset(4)] internal int Count;
        [FieldOffset(8)] internal long Integer;
        [FieldOffset(8)] internal double Real;
        [FieldOffset(8)] internal void* Pointer;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Description
    {
        internal long Dimensions, Elements, ElementSize;
        internal long* Sizes;
        internal long* Strides;
        internal int ScalarType, DeviceType, DeviceIndex, RequiresGradient, IsLeaf, IsContiguous;
    }

    [LibraryImport(Library, EntryPoint = "door_version")] private static partial byte* NativeVersion();
    [LibraryImport(Library, EntryPoint = "door_error")] private static partial byte* NativeError();
    [LibraryImport(Library, EntryPoint = "door_find", StringMarshalling = StringMarshalling.Utf8)] internal static partial nint Find(string name, string overload);
    [LibraryImport(Library, EntryPoint = "door_call")] internal static partial int Call(nint op, Value* arguments, int count, Value** results);
    [LibraryImport(Library, EntryPoint = "door_release")] internal static partial void Release(nint tensor);
    [LibraryImport(Library, EntryPoint = "door_describe")] internal static partial int Describe(nint tensor, Description* description);
    [LibraryImport(Library, EntryPoint = "door_data")] internal static partial nint Data(nint tensor);
    [LibraryImport(Library, EntryPoint = "door_set_requires_grad")] internal static partial int SetRequiresGradient(nint tensor, int on);
    [LibraryImport(Library, EntryPoint = "door_gradient")] internal static partial nint Gradient(nint tensor);
    [LibraryImport(Library, EntryPoint = "door_set_gradient")] internal static partial int SetGradient(nint tensor, nint gradient);
    [LibraryImport(Library, EntryPoint = "door_backward")] internal static partial int Backward(nint* outputs, int count, nint* seeds, int seedCount, int retain, int create);
    [LibraryImport(Library, EntryPoint = "door_grad")] internal static partial int Grad(nint* outputs, int count, nint* inputs, int inputCount, nint* seeds, int seedCount, int retain, int create, int allowUnused, Value** results);
    [LibraryImport(Library, EntryPoint = "door_grad_enabled")] internal static partial int GradEnabled();
    [LibraryImport(Library, EntryPoint = "door_set_grad_enabled")] internal static partial void SetGradEnabled(int on);
    [LibraryImport(Library, EntryPoint = "door_set_threads")] internal static partial int SetThreads(int count);
    [LibraryImport(Library, EntryPoint = "door_threads")] internal static partial int Threads();
    [LibraryImport(Library, EntryPoint = "door_cuda_devices")] internal static partial int CudaDevices();
    [LibraryImport(Library, EntryPoint = "door_cuda_synchronize")] internal static partial int CudaSynchronize(int device);

    internal static string Version => Marshal.PtrToStringUTF8((nint)NativeVersion())!;

    /// <summary>The exception of the call that just failed on this thread; TorchSharp raises the same type.</summary>
    internal static ExternalException Failure(string what) => new($"{what}: {Marshal.PtrToStringUTF8((nint)NativeError())}");

    internal static int Check(int result, string what) => result >= 0 ? result : throw Failure(what);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library)
        {
            return 0;
        }

        var file = Path.Combine(AppContext.BaseDirectory, $"lib{Library}.so");
        if (!File.Exists(file))
        {
            throw new DllNotFoundException($"{file} is missing: the binding to libtorch was not built. Run ./setup.");
        }

        return NativeLibrary.Load(file);
    }
}
