using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reproduce.Networks;
using static TorchSharp.torch;

namespace Reproduce.Engine;

/// <summary>
/// ReLU of batch-normalised images [N, c, H, W] plus a weighted shortcut, channel by channel, so that a channel is read from memory once
/// and stays in the cache for its mean, its variance and the result.
/// </summary>
internal sealed unsafe class NormalisationOperator : autograd.SingleTensorFunction<NormalisationOperator>
{
    /// <inheritdoc/>
    public override string Name => nameof(NormalisationOperator);

    /// <summary>
    /// The arguments: images, scale, shift, mean, variance, whether in training, buffers or null, the shortcut or null, its weight.
    /// </summary>
    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (images, scale, shift, mean, variance) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[3], (Tensor)vars[4]);
        var (training, buffers, shortcutImages, weight) = ((bool)vars[5], (BufferPool?)vars[6], (Tensor?)vars[7], (float)vars[8]);
        using var given = ChwnImages.Of(images, isPadded: false);
        using var source = shortcutImages is null ? null : ChwnImages.Of(shortcutImages, isPadded: false);
        using var memory = new NativeFloats();
        var shortcut = source is null ? null : new ShortcutChannels(source, given, memory);
        using var result = given.Empty(given.Channels, given.Height, given.Width, buffers);
        var channels = new Channel[given.Channels];
        var (scales, shifts, means, variances) = (Numbers(scale), Numbers(shift), Numbers(mean), Numbers(variance));
        var count = given.Channel;
        for (var i = 0; i < channels.Length; i++)
        {
            var x = (float*)given.First + (i * count);
            var (centre, spread) = ((double)means[i], (double)variances[i]);
            if (training)
            {
                // Relative to the first number, so that a mean far from zero costs no digits.
                centre = x[0] + (ChannelSums.Deviations(x, count, x[0]) / count);
                spread = ChannelSums.Squares(x, count, (float)centre) / count;
                means[i] += (float)(BatchNormalisation.Momentum * (centre - means[i]));
                variances[i] += (float)(BatchNormalisation.Momentum * ((spread * count / Math.Max(1, count - 1)) - variances[i]));
            }

            channels[i] = new Channel((float)centre, (float)(1 / Math.Sqrt(spread + BatchNormalisation.Epsilon)), scales[i]);
            var added = shortcut is null ? null : shortcut.Read(i);
            Apply(x, added, (float*)result.First + (i * count), count, channels[i], shifts[i], weight);
        }

        if (training)
        {
            using var newMeans = tensor(means);
            using var newVariances = tensor(variances);
            mean.copy_(newMeans);
            variance.copy_(newVariances);
        }

        var output = result.Images();
        ctx.save_for_backward([images, output]);
        ctx.save_data(nameof(Settings), new Settings(channels, training, buffers, shortcutImages?.shape, weight));
        return output;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        using var images = saved[0];
        using var output = saved[1];
        var settings = (Settings)ctx.get_data(nameof(Settings));
        var buffers = settings.BufferPool;
        using var given = ChwnImages.Of(images, isPadded: false);
        using var result = ChwnImages.Of(output, isPadded: false);
        using var delta = ChwnImages.Of(grad_output, isPadded: false);
        using var back = given.Empty(given.Channels, given.Height, given.Width, buffers);
        using var past = settings.Shortcut is [_, var c, var h, var w] ? given.Empty((int)c, (int)h, (int)w, buffers) : null;
        using var memory = new NativeFloats();
        var shortcut = past is null ? null : new ShortcutChannels(past, given, memory);
        var (scales, shifts) = (new float[given.Channels], new float[given.Channels]);
        var count = given.Channel;
        for (var i = 0; i < given.Channels; i++)
        {
            var (centre, inverse, scale) = settings.Channels[i];
            var x = (float*)given.First + (i * count);
            var y = (float*)result.First + (i * count);
            var d = (float*)delta.First + (i * count);
            var (sum, product) = ChannelSums.Active(d, y, x, count, centre);
            (scales[i], shifts[i]) = ((float)(product * inverse), (float)sum);
            var mean = settings.Training ? (float)(sum / count) : 0;
            var tilt = settings.Training ? (float)(product * inverse * inverse / count) : 0;
            var passed = shortcut is null ? null : shortcut.Place(i);
            Back(x, y, d, (float*)back.First + (i * count), passed, count, centre, scale * inverse, mean, tilt, settings.Weight);
            shortcut?.Write(i);
        }

        return [back.Images(), tensor(scales), tensor(shifts), null!, null!, null!, null!, past?.Images()!, null!];
    }

    private static float[] Numbers(Tensor tensor)
    {
        using var whole = tensor.detach().contiguous();
        return whole.data<float>().ToArray();
    }

    // y = ReLU((x − centre) · scale · inverse + shift + weight · shortcut).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply(float* x, float* shortcut, float* y, nint count, Channel channel, float shift, float weight)
    {
        var (centre, factor) = (Vector256.Create(channel.Mean), Vector256.Create(channel.Scale * channel.Inverse));
        var (addend, share) = (Vector256.Create(shift), Vector256.Create(weight));
        nint i = 0;
        for (; i + 8 <= count; i += 8)
        {
            var sum = Vector256.FusedMultiplyAdd(Vector256.Load(x + i) - centre, factor, addend);
            if (shortcut is not null)
            {
                sum = Vector256.FusedMultiplyAdd(share, Vector256.Load(shortcut + i), sum);
            }

            Vector256.ConditionalSelect(Vector256.LessThan(sum, Vector256<float>.Zero), Vector256<float>.Zero, sum).Store(y + i);
        }

        for (; i < count; i++)
        {
            var sum = MathF.FusedMultiplyAdd(x[i] - channel.Mean, channel.Scale * channel.Inverse, shift);
            sum = shortcut is null ? sum : MathF.FusedMultiplyAdd(weight, shortcut[i], sum);
            y[i] = sum < 0 ? 0 : sum;
        }
    }

    // With g = δ where y > 0: back = factor (g − mean − (x − centre) tilt), past = weight g.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Back(
        float* x,
        float* y,
        float* delta,
        float* back,
        float* past,
        nint count,
        float centre,
        float factor,
        float mean,
        float tilt,
        float weight)
    {
        nint i = 0;
        for (; i + 8 <= count; i += 8)
        {
            var active = Vector256.GreaterThan(Vector256.Load(y + i), Vector256<float>.Zero);
            var g = Vector256.ConditionalSelect(active, Vector256.Load(delta + i), Vector256<float>.Zero);
            var deviation = Vector256.Load(x + i) - Vector256.Create(centre);
            var unscaled = Vector256.FusedMultiplyAdd(deviation, Vector256.Create(-tilt), g - Vector256.Create(mean));
            (unscaled * Vector256.Create(factor)).Store(back + i);
            if (past is not null)
            {
                (g * Vector256.Create(weight)).Store(past + i);
            }
        }

        for (; i < count; i++)
        {
            var g = y[i] > 0 ? delta[i] : 0;
            back[i] = MathF.FusedMultiplyAdd(x[i] - centre, -tilt, g - mean) * factor;
            if (past is not null)
            {
                past[i] = g * weight;
            }
        }
    }

    // What a channel was normalised by; Inverse is that of the standard deviation.
    private readonly record struct Channel(float Mean, float Inverse, float Scale);

    private sealed record Settings(Channel[] Channels, bool Training, BufferPool? BufferPool, long[]? Shortcut, float Weight);
}
