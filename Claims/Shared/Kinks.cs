using Reproduce.Fixtures.Networks;

namespace Reproduce.Claims.Shared;

/// <summary>Where f is not differentiable, and rounding may decide on which side a point lies.</summary>
internal static class Kinks
{
    /// <summary>Closer to a kink than this, relative to the numbers around it, rounding may pick the other side.</summary>
    internal const double KinkMargin = 1e-12;

    /// <summary>The instance lies off all kinks, so the Jacobian exists and no rounding moves it to another region.</summary>
    internal static bool OffTheKinks(NetworkAtPoint instance) => instance.Network.KinkMargin(instance.Point) > KinkMargin;
}
