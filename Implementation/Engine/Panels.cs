using System.Runtime.CompilerServices;

namespace Reproduce.Engine;

/// <summary>
/// Points by inputs, as the gradient's product reads them, in panels of so many inputs: a panel is a few pages, and its rows follow one another.
/// </summary>
internal static unsafe class Panels
{
    /// <summary>Inputs of a panel.</summary>
    internal const int Width = 64;

    /// <summary>inputs rounded up to whole panels.</summary>
    internal static nint Whole(int inputs) => (inputs + Width - 1) / Width * (nint)Width;

    /// <summary>One point's inputs.</summary>
    /// <param name="point">Its inputs, one after another.</param>
    /// <param name="inputs">How many.</param>
    /// <param name="panels">At the point's row of the first panel.</param>
    /// <param name="rows">Of a panel.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Copy(float* point, int inputs, float* panels, int rows)
    {
        for (var input = 0; input < inputs; input += Width)
        {
            Unsafe.CopyBlock(panels + ((nint)input * rows), point + input, (uint)(Math.Min(Width, inputs - input) * sizeof(float)));
        }
    }

    /// <summary>A column of ones behind the inputs.</summary>
    internal static void SetOnes(float* panels, int rows, int inputs)
    {
        for (var row = 0; row < rows; row++)
        {
            panels[((nint)(inputs / Width * Width) * rows) + (row * Width) + (inputs % Width)] = 1;
        }
    }

    /// <summary>Units by points become panels, with zeros up to the end of the last one.</summary>
    /// <param name="units">Units by points.</param>
    /// <param name="columns">From one unit to the next.</param>
    /// <param name="panels">The panels.</param>
    /// <param name="rows">Of a panel.</param>
    /// <param name="count">Of units.</param>
    /// <param name="points">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Turn(float* units, int columns, float* panels, int rows, int count, int points)
    {
        for (var unit = 0; unit < count; unit += Width)
        {
            var panel = panels + ((nint)unit * rows);
            var here = Math.Min(Width, count - unit);
            Turned.Copy(units + ((nint)unit * columns), columns, panel, Width, here, points);
            for (var row = 0; here < Width && row < points; row++)
            {
                new Span<float>(panel + (row * Width) + here, Width - here).Clear();
            }
        }
    }

    /// <summary>Panels become inputs by points.</summary>
    /// <param name="panels">The panels.</param>
    /// <param name="rows">Of a panel.</param>
    /// <param name="inputs">Inputs by points.</param>
    /// <param name="columns">From one input to the next.</param>
    /// <param name="points">How many.</param>
    /// <param name="count">Of inputs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void TurnBack(float* panels, int rows, float* inputs, int columns, int points, int count)
    {
        for (var input = 0; input < count; input += Width)
        {
            Turned.Copy(panels + ((nint)input * rows), Width, inputs + ((nint)input * columns), columns, points, Math.Min(Width, count - input));
        }
    }
}
