using System.Runtime.CompilerServices;

namespace Reproduce.Engine;

/// <summary>
/// Points by inputs, packed for the product that computes a gradient: in panels of <see cref="Width"/> inputs, whose rows are contiguous
/// and which span a few pages each.
/// </summary>
internal static unsafe class Panels
{
    /// <summary>The inputs of a panel.</summary>
    internal const int Width = 64;

    /// <summary>The inputs rounded up to whole panels.</summary>
    internal static nint RoundUp(int inputs) => (inputs + Width - 1) / Width * (nint)Width;

    /// <summary>Packs the inputs of one point.</summary>
    /// <param name="point">Its inputs, contiguous.</param>
    /// <param name="inputs">The number of inputs.</param>
    /// <param name="panels">The point's row in the first panel.</param>
    /// <param name="rows">The rows of a panel.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void PackRow(float* point, int inputs, float* panels, int rows)
    {
        for (var input = 0; input < inputs; input += Width)
        {
            Unsafe.CopyBlock(panels + ((nint)input * rows), point + input, (uint)(Math.Min(Width, inputs - input) * sizeof(float)));
        }
    }

    /// <summary>Fills the column after the inputs with ones.</summary>
    internal static void SetOnes(float* panels, int rows, int inputs)
    {
        for (var row = 0; row < rows; row++)
        {
            panels[((nint)(inputs / Width * Width) * rows) + (row * Width) + (inputs % Width)] = 1;
        }
    }

    /// <summary>Packs a matrix of units by points, with zeros up to the end of the last panel.</summary>
    /// <param name="units">Units by points.</param>
    /// <param name="columns">From one unit to the next, in floats.</param>
    /// <param name="panels">The panels.</param>
    /// <param name="rows">The rows of a panel.</param>
    /// <param name="count">The number of units.</param>
    /// <param name="points">The number of points.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void PackTransposed(float* units, int columns, float* panels, int rows, int count, int points)
    {
        for (var unit = 0; unit < count; unit += Width)
        {
            var panel = panels + ((nint)unit * rows);
            var here = Math.Min(Width, count - unit);
            Transpose.Run(units + ((nint)unit * columns), columns, panel, Width, here, points);
            for (var row = 0; here < Width && row < points; row++)
            {
                new Span<float>(panel + (row * Width) + here, Width - here).Clear();
            }
        }
    }

    /// <summary>Unpacks panels to a matrix of inputs by points.</summary>
    /// <param name="panels">The panels.</param>
    /// <param name="rows">The rows of a panel.</param>
    /// <param name="inputs">Inputs by points.</param>
    /// <param name="columns">From one input to the next, in floats.</param>
    /// <param name="points">The number of points.</param>
    /// <param name="count">The number of inputs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void UnpackTransposed(float* panels, int rows, float* inputs, int columns, int points, int count)
    {
        for (var input = 0; input < count; input += Width)
        {
            var here = Math.Min(Width, count - input);
            Transpose.Run(panels + ((nint)input * rows), Width, inputs + ((nint)input * columns), columns, points, here);
        }
    }
}
