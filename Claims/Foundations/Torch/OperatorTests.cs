using MathNet.Numerics.LinearAlgebra;
using Reproduce.Fixtures.Experiments;
using Reproduce.Networks;
using TorchSharp;
using static Reproduce.Claims.Foundations.Torch.Worked;
using static TorchSharp.torch;

namespace Reproduce.Claims.Foundations.Torch;

/// <summary>
/// Every operator of TorchSharp that Core calls, and more that tests use, against numbers worked out by hand or by MathNet. The
/// operands are small integers or binary fractions wherever the result is exact, and differ in every place, so that a swapped
/// argument, a wrong dimension or a shift by one changes the result.
/// </summary>
[Trait("Category", "Foundation")]
public sealed class OperatorTests
{
    private static readonly double[,] Tall = { { 1, 2 }, { 3, -4 }, { 0, 5 } };
    private static readonly double[,] Wide = { { 2, 0, 1 }, { -1, 3, 4 } };
    private static readonly double[,] Symmetric = { { 4, 1, -2 }, { 1, 2, 0 }, { -2, 0, 3 } };

    private static readonly SortedDictionary<string, Action<Worked>> Table = new(StringComparer.Ordinal)
    {
        // Making tensors.
        ["empty.memory_format"] = of =>
        {
            using var made = empty([2, 3], of.Dtype);
            made.shape.Should().Equal(2, 3);
            of.Is(made.fill_(7), new double[,] { { 7, 7, 7 }, { 7, 7, 7 } });
        },
        ["zeros"] = of =>
        {
            of.Is(zeros([3], of.Dtype), [0, 0, 0]);
            of.Is(zeros(2, of.Dtype), [0, 0]);
            of.Is(zeros(1, 2, of.Dtype), new double[,] { { 0, 0 } });
        },
        ["ones"] = of =>
        {
            of.Is(ones([3], of.Dtype), [1, 1, 1]);
            of.Is(ones(2, of.Dtype), [1, 1]);
            of.Is(ones(2, 1, of.Dtype), new double[,] { { 1 }, { 1 } });
        },
        ["full"] = of => of.Is(full([2, 1], 2.5, of.Dtype), new double[,] { { 2.5 }, { 2.5 } }),
        ["zeros_like"] = of =>
        {
            of.Is(zeros_like(of.Vector(5, 6)), [0, 0]);
            Integers(zeros_like(of.Vector(5, 6), int64), [0, 0]);
        },
        ["ones_like"] = of =>
        {
            of.Is(ones_like(of.Vector(5, 6)), [1, 1]);
            Truth(ones_like(of.Vector(5, 6), torch.@bool), [true, true]);
        },
        ["eye.m"] = of =>
        {
            of.Is(eye(2, dtype: of.Dtype), new double[,] { { 1, 0 }, { 0, 1 } });
            of.Is(eye(2, 3, of.Dtype), new double[,] { { 1, 0, 0 }, { 0, 1, 0 } });
        },
        ["arange.start_step"] = of =>
        {
            of.Is(arange(1, 2.5, 0.5, of.Dtype), [1, 1.5, 2]);
            Integers(arange(7, 0, -3), [7, 4, 1]);
        },
        ["cat"] = of =>
        {
            of.Is(cat([of.Vector(1, 2), of.Vector(3)]), [1, 2, 3]);
            of.Is(
                cat([of.Matrix(new double[,] { { 1 }, { 2 } }), of.Matrix(new double[,] { { 3 }, { 4 } })], -1),
                new double[,] { { 1, 3 }, { 2, 4 } });
        },
        ["stack"] = of =>
        {
            of.Is(stack([of.Vector(1, 2), of.Vector(3, 4)]), new double[,] { { 1, 2 }, { 3, 4 } });
            of.Is(stack([of.Vector(1, 2), of.Vector(3, 4)], 1), new double[,] { { 1, 3 }, { 2, 4 } });
        },

        // Copies and conversions.
        ["to.device"] = of =>
        {
            Integers(of.Vector(1.75, -1.75).to(int64), [1, -1]);
            of.Is(tensor([3L, 4L]).to(of.Dtype, CPU), [3, 4]);
            Truth(of.Vector(0, 2).to_type(torch.@bool), [false, true]);
            of.Is(of.Vector(1, 2).cpu().to(CPU), [1, 2]);
            of.Is(tensor([5L]).to(of.Number(0)), [5]);
        },
        ["detach"] = of =>
        {
            var leaf = of.Vector(1, 2).requires_grad_();
            leaf.detach().requires_grad.Should().BeFalse();
            of.Is(leaf.detach(), [1, 2]);
        },
        ["clone"] = of =>
        {
            var source = of.Vector(1, 2);
            var copy = source.clone();
            source.fill_(9);
            of.Is(copy, [1, 2]);
        },
        ["contiguous"] = of =>
        {
            var turned = of.Matrix(Wide).t();
            turned.is_contiguous().Should().BeFalse();
            turned.contiguous().is_contiguous().Should().BeTrue();
            of.Is(turned.contiguous(), new double[,] { { 2, -1 }, { 0, 3 }, { 1, 4 } });
        },
        ["copy_"] = of => of.Is(of.Vector(0, 0).copy_(tensor([3L, 4L])), [3, 4]),
        ["fill_.Scalar"] = of => of.Is(of.Vector(1, 2).fill_(0.5), [0.5, 0.5]),
        ["zero_"] = of => of.Is(of.Vector(1, 2).zero_(), [0, 0]),

        // Shape and selection.
        ["reshape"] = of =>
        {
            of.Is(of.Counting(6).reshape(2, -1), new double[,] { { 0, 1, 2 }, { 3, 4, 5 } });
            of.Is(of.Counting(2, 3).t().reshape(6), [0, 3, 1, 4, 2, 5]);
        },
        ["view"] = of => of.Is(of.Counting(6).view(3, 2), new double[,] { { 0, 1 }, { 2, 3 }, { 4, 5 } }),
        ["flatten.using_ints"] = of =>
        {
            of.Is(of.Counting(2, 1, 2).flatten(), [0, 1, 2, 3]);
            of.Is(of.Counting(2, 1, 2).flatten(1), new double[,] { { 0, 1 }, { 2, 3 } });
            of.Is(of.Counting(2, 1, 2).flatten(0, -2), new double[,] { { 0, 1 }, { 2, 3 } });
        },
        ["transpose.int"] = of =>
        {
            of.Is(of.Matrix(Wide).transpose(0, 1), new double[,] { { 2, -1 }, { 0, 3 }, { 1, 4 } });
            of.Is(of.Counting(2, 1, 2).transpose(0, -1), new double[,,] { { { 0, 2 } }, { { 1, 3 } } });
            of.Is(of.Counting(1, 2, 2).mT, new double[,,] { { { 0, 2 }, { 1, 3 } } });
        },
        ["t"] = of => of.Is(of.Matrix(Wide).t(), new double[,] { { 2, -1 }, { 0, 3 }, { 1, 4 } }),
        ["permute"] = of => of.Is(of.Counting(1, 2, 3).permute(2, 0, 1), new double[,,] { { { 0, 3 } }, { { 1, 4 } }, { { 2, 5 } } }),
        ["unsqueeze"] = of =>
        {
            of.Is(of.Vector(1, 2).unsqueeze(0), new double[,] { { 1, 2 } });
            of.Is(of.Vector(1, 2).unsqueeze(-1), new double[,] { { 1 }, { 2 } });
        },
        ["squeeze"] = of => of.Is(of.Counting(1, 2, 1).squeeze(), [0, 1]),
        ["squeeze.dim"] = of =>
        {
            of.Is(of.Counting(1, 2, 1).squeeze(0), new double[,] { { 0 }, { 1 } });
            of.Is(of.Counting(1, 2, 1).squeeze(-1), new double[,] { { 0, 1 } });
        },
        ["slice.Tensor"] = of =>
        {
            of.Is(of.Counting(7).slice(0, 1, 6, 2), [1, 3, 5]);
            of.Is(of.Matrix(Wide).slice(1, 0, 3, 2), new double[,] { { 2, 1 }, { -1, 4 } });
            of.Is(of.Matrix(Wide).slice(-1, -2, 3, 1), new double[,] { { 0, 1 }, { 3, 4 } });
        },
        ["expand"] = of => of.Is(of.Matrix(new double[,] { { 1 }, { 2 } }).expand(-1, 3), new double[,] { { 1, 1, 1 }, { 2, 2, 2 } }),
        ["narrow"] = of =>
        {
            of.Is(of.Vector(10, 11, 12, 13).narrow(0, 1, 2), [11, 12]);
            of.Is(of.Counting(2, 3).narrow(-1, 2, 1), new double[,] { { 2 }, { 5 } });
        },
        ["select.int"] = of =>
        {
            of.Is(of.Counting(2, 3).select(1, 2), [2, 5]);
            of.Is(of.Counting(2, 3).select(0, -1), [3, 4, 5]);
        },
        ["index_select"] = of => of.Is(of.Counting(2, 3).index_select(1, tensor([2L, 0L, 2L])), new double[,] { { 2, 0, 2 }, { 5, 3, 5 } }),
        ["gather"] = of => of.Is(of.Counting(2, 3).gather(1, tensor([2L, 0L, 1L, 1L], [2, 2])), new double[,] { { 2, 0 }, { 4, 4 } }),
        ["masked_fill.Scalar"] = of => of.Is(of.Vector(1, 2, 3).masked_fill(of.Vector(1, 2, 3).gt(1.5), -7), [1, -7, -7]),
        ["where.self"] = of =>
        {
            var condition = of.Vector(0, 1).gt(0.5);
            of.Is(where(condition, of.Vector(1, 2), of.Vector(3, 4)), [3, 2]);
            of.Is(of.Vector(1, 2).where(condition, of.Vector(3, 4)), [3, 2]);
        },
        ["diagonal"] = of =>
        {
            of.Is(of.Matrix(Wide).diagonal(), [2, 3]);
            of.Is(of.Matrix(Wide).diagonal(1), [0, 4]);
            of.Is(of.Matrix(Wide).diagonal(-1), [-1]);
            of.Is(of.Counting(2, 2, 2).diagonal(0, 1, 2), new double[,] { { 0, 3 }, { 4, 7 } });
        },
        ["unbind.int"] = of =>
        {
            var columns = of.Counting(2, 3).unbind(1);
            columns.Should().HaveCount(3);
            of.Is(columns[0], [0, 3]);
            of.Is(columns[2], [2, 5]);
        },

        // Arithmetic.
        ["add.Tensor"] = of =>
        {
            of.Is(of.Vector(1, 2).add(of.Vector(10, 20)), [11, 22]);
            of.Is(of.Vector(1, 2).add(of.Vector(10, 20), 3), [31, 62]);
        },
        ["add_.Tensor"] = of =>
        {
            of.Is(of.Vector(1, 2).add_(of.Vector(10, 20)), [11, 22]);
            of.Is(of.Vector(1, 2).add_(of.Vector(10, 20), -0.5), [-4, -8]);
        },
        ["add.Scalar"] = of =>
        {
            of.Is(of.Vector(1, 2).add(0.5), [1.5, 2.5]);
            of.Is(of.Vector(1, 2).add(3, 2), [7, 8]);
        },
        ["add_.Scalar"] = of =>
        {
            of.Is(of.Vector(1, 2).add_(0.5), [1.5, 2.5]);
            of.Is(of.Vector(1, 2).add_(3, 2), [7, 8]);
        },
        ["sub.Tensor"] = of => of.Is(of.Vector(1, 2).sub(of.Vector(10, 30)), [-9, -28]),
        ["sub_.Tensor"] = of => of.Is(of.Vector(1, 2).sub_(of.Vector(10, 30)), [-9, -28]),
        ["sub.Scalar"] = of => of.Is(of.Vector(1, 2).sub(5), [-4, -3]),
        ["sub_.Scalar"] = of => of.Is(of.Vector(1, 2).sub_(5), [-4, -3]),
        ["sub.Scalar, from a number"] = of => of.Is(5 - of.Vector(1, 2), [4, 3]),
        ["mul.Tensor"] = of => of.Is(of.Vector(2, 3).mul(of.Vector(5, -7)), [10, -21]),
        ["mul_.Tensor"] = of => of.Is(of.Vector(2, 3).mul_(of.Vector(5, -7)), [10, -21]),
        ["mul.Scalar"] = of => of.Is(of.Vector(2, 3).mul(-0.5), [-1, -1.5]),
        ["mul_.Scalar"] = of => of.Is(of.Vector(2, 3).mul_(-0.5), [-1, -1.5]),
        ["div.Tensor_mode"] = of =>
        {
            of.Is(of.Vector(7, -7).div(of.Vector(2, 2)), [3.5, -3.5]);
            of.Is(of.Vector(7, -7).div(of.Vector(2, 2), RoundingMode.floor), [3, -4]);
            of.Is(of.Vector(7, -7).div(of.Vector(2, 2), RoundingMode.trunc), [3, -3]);
        },
        ["div.Scalar_mode"] = of =>
        {
            of.Is(of.Vector(7, -7).div(2), [3.5, -3.5]);
            of.Is(of.Vector(7, -7).div(2, RoundingMode.floor), [3, -4]);
            of.Is(of.Vector(7, -7).div(2, RoundingMode.trunc), [3, -3]);
        },
        ["neg"] = of => of.Is(-of.Vector(1, -2), [-1, 2]),
        ["remainder"] = of => of.Is(of.Vector(7, 8, 9).remainder(4), [3, 0, 1]),
        ["pow.Tensor_Tensor"] = of => of.Is(of.Vector(2, 3).pow(of.Vector(3, 2)), [8, 9]),
        ["pow.Tensor_Scalar"] = of => of.Is(of.Vector(2, -3).pow(3), [8, -27]),
        ["abs"] = of => of.Is(of.Vector(-1.5, 2).abs(), [1.5, 2]),
        ["sign"] = of => of.Is(of.Vector(-1.5, 0, 2).sign(), [-1, 0, 1]),
        ["exp"] = of => of.Near(of.Vector(0, 1, -2).exp(), [1, Math.E, 1 / (Math.E * Math.E)], 4),
        ["log"] = of => of.Near(of.Vector(1, 2, 0.25).log(), [0, Math.Log(2), -2 * Math.Log(2)], 4),
        ["sqrt"] = of => of.Is(of.Vector(4, 0.25, 0).sqrt(), [2, 0.5, 0]),
        ["square"] = of => of.Is(of.Vector(-3, 0.5).square(), [9, 0.25]),
        ["reciprocal"] = of => of.Is(of.Vector(4, -0.5).reciprocal(), [0.25, -2]),
        ["relu"] = of => of.Is(of.Vector(-1, 0, 2).relu(), [0, 0, 2]),
        ["tanh"] = of => of.Near(of.Vector(0, 0.5, -1).tanh(), [0, Math.Tanh(0.5), -Math.Tanh(1)], 4),
        ["softmax.int"] = of => of.Near(
            of.Matrix(new[,] { { 0, Math.Log(3) }, { 5, 5 } }).softmax(-1), new[,] { { 0.25, 0.75 }, { 0.5, 0.5 } }, 8),
        ["log_softmax.int"] = of => of.Near(
            of.Matrix(new[,] { { 0, 5 }, { Math.Log(3), 5 } }).log_softmax(0),
            new[,] { { -Math.Log(4), -Math.Log(2) }, { Math.Log(0.75), -Math.Log(2) } }, 8),
        ["clamp_min"] = of => of.Is(of.Vector(-1, 0.5, 2).clamp_min(0.75), [0.75, 0.75, 2]),
        ["maximum"] = of => of.Is(of.Vector(1, 5).maximum(of.Vector(3, 2)), [3, 5]),
        ["minimum"] = of => of.Is(of.Vector(1, 5).minimum(of.Vector(3, 2)), [1, 2]),

        // Products.
        ["matmul"] = of =>
        {
            of.Is(matmul(of.Matrix(Wide), of.Matrix(Tall)), Product(Wide, Tall));
            of.Is(of.Matrix(Tall).matmul(of.Vector(1, -1)), [-1, 7, -5]);
        },
        ["mm"] = of => of.Is(of.Matrix(Tall).mm(of.Matrix(Wide)), Product(Tall, Wide)),
        ["mv"] = of => of.Is(of.Matrix(Tall).mv(of.Vector(10, 1)), [12, 26, 5]),
        ["bmm"] = of =>
        {
            var product = Product(Tall, Wide);
            of.Is(bmm(of.Matrix(Tall).unsqueeze(0), of.Matrix(Wide).unsqueeze(0)).squeeze(0), product);
            var (left, right) = (stack([of.Matrix(Wide), of.Matrix(Tall).t()]), stack([of.Matrix(Tall), of.Matrix(Wide).t()]));
            of.Is(left.bmm(right).select(0, 1), Product(Transposed(Tall), Transposed(Wide)));
        },
        ["addmm_"] = of =>
        {
            Tensor Addend() => of.Matrix(new double[,] { { 100, 200 } });
            of.Is(Addend().addmm_(of.Counting(1, 2), of.Counting(2, 2)), new double[,] { { 102, 203 } });
            of.Is(Addend().addmm_(of.Counting(1, 2), of.Counting(2, 2), beta: 2, alpha: -1), new double[,] { { 198, 397 } });
        },
        ["dot"] = of => of.Is(of.Vector(1, 2, 3).dot(of.Vector(4, 5, -6)), -4),
        ["outer"] = of => of.Is(of.Vector(1, 2, 3).outer(of.Vector(10, -1)), new double[,] { { 10, -1 }, { 20, -2 }, { 30, -3 } }),
        ["conv2d"] = of =>
        {
            // 0 … 11 in three rows: a 2×2 kernel sees (0, 1, 4, 5) first and moves down by 2, across by 1.
            var (image, kernel) = (of.Counting(1, 1, 3, 4), of.Vector(1, 10, 100, 1000).reshape(1, 1, 2, 2));
            of.Is(nn.functional.conv2d(image, kernel), new double[,,,] { { { { 5410, 6521, 7632 }, { 9854, 10965, 12076 } } } });
            of.Is(nn.functional.conv2d(image, kernel, of.Vector(7), strides: [2, 1]), new double[,,,] { { { { 5417, 6528, 7639 } } } });
            of.Is(nn.functional.conv2d(image, kernel, strides: [1, 3]), new double[,,,] { { { { 5410 }, { 9854 } } } });
            of.Is(nn.functional.conv2d(image, kernel, strides: [3, 3], padding: [1, 0]), new double[,,,] { { { { 1000 }, { 98 } } } });
            of.Is(nn.functional.conv2d(image, kernel, strides: [3, 3], padding: [0, 1]), new double[,,,] { { { { 4000, 7632 } } } });
            of.Is(nn.functional.conv2d(image, kernel, dilation: [2, 3]), new double[,,,] { { { { 11830 } } } });
            var (row, weights) = (of.Counting(1, 2, 1, 2), of.Vector(1, 10, 100, 1000));
            of.Is(nn.functional.conv2d(row, weights.reshape(2, 1, 1, 2), groups: 2), new double[,,,] { { { { 10 } }, { { 3200 } } } });
            of.Is(nn.functional.conv2d(row, weights.reshape(1, 2, 1, 2)), new double[,,,] { { { { 3210 } } } });
        },
        ["conv_transpose2d.input"] = of =>
        {
            var (numbers, weights) = (of.Vector(2, 3), of.Vector(1, 10, 100, 1000));
            var (row, kernel) = (numbers.reshape(1, 1, 1, 2), weights.reshape(1, 1, 2, 2));
            var channels = numbers.reshape(1, 2, 1, 1);
            of.Is(nn.functional.conv_transpose2d(row, kernel), new double[,,,] { { { { 2, 23, 30 }, { 200, 2300, 3000 } } } });
            of.Is(
                nn.functional.conv_transpose2d(row, kernel, of.Vector(5), strides: [1, 2]),
                new double[,,,] { { { { 7, 25, 8, 35 }, { 205, 2005, 305, 3005 } } } });
            of.Is(nn.functional.conv_transpose2d(row, kernel, padding: [0, 1]), new double[,,,] { { { { 23 }, { 2300 } } } });
            of.Is(
                nn.functional.conv_transpose2d(row, kernel, strides: [2, 2], output_padding: [0, 1]),
                new double[,,,] { { { { 2, 20, 3, 30, 0 }, { 200, 2000, 300, 3000, 0 } } } });
            of.Is(
                nn.functional.conv_transpose2d(row, kernel, dilation: [1, 2]),
                new double[,,,] { { { { 2, 3, 20, 30 }, { 200, 300, 2000, 3000 } } } });
            of.Is(
                nn.functional.conv_transpose2d(channels, weights.reshape(2, 1, 1, 2), groups: 2),
                new double[,,,] { { { { 2, 20 } }, { { 300, 3000 } } } });
            of.Is(nn.functional.conv_transpose2d(channels, weights.reshape(2, 1, 1, 2)), new double[,,,] { { { { 302, 3020 } } } });
        },

        // Reductions.
        ["sum"] = of =>
        {
            of.Is(of.Matrix(Wide).sum(), 9);
            Integers(of.Matrix(Wide).sum(int64), 9);
        },
        ["sum.dim_IntList"] = of =>
        {
            of.Is(of.Matrix(Wide).sum(dim: 0), [1, 3, 5]);
            of.Is(of.Matrix(Wide).sum([1L]), [3, 6]);
            of.Is(of.Matrix(Wide).sum(-1, keepdim: true), new double[,] { { 3 }, { 6 } });
            of.Is(of.Counting(2, 2, 2).sum([0L, 2L]), [10, 18]);
            Integers(of.Matrix(Wide).sum([0L], type: int64), [1, 3, 5]);
        },
        ["mean"] = of => of.Is(of.Vector(1, 2, 6).mean(), 3),
        ["mean.dim"] = of =>
        {
            of.Is(of.Matrix(Tall).mean([1]), [1.5, -0.5, 2.5]);
            of.Is(of.Matrix(Wide).mean([0], keepdim: true), new[,] { { 0.5, 1.5, 2.5 } });
        },
        ["prod"] = of => of.Is(of.Vector(2, 3, -4).prod(), -24),
        ["prod.dim_int"] = of =>
        {
            of.Is(of.Matrix(Wide).prod(dim: 0), [-2, 0, 4]);
            of.Is(of.Matrix(Wide).prod(-1, keepdim: true), new double[,] { { 0 }, { -12 } });
        },
        ["max"] = of => of.Is(of.Matrix(Wide).max(), 4),
        ["max.dim"] = of =>
        {
            var (values, indexes) = of.Matrix(Wide).max(1);
            of.Is(values, [2, 4]);
            Integers(indexes, [0, 2]);
            of.Is(of.Matrix(Wide).max(0, keepdim: true).values, new double[,] { { 2, 3, 4 } });
        },
        ["min"] = of => of.Is(of.Matrix(Wide).min(), -1),
        ["min.dim"] = of =>
        {
            var (values, indexes) = of.Matrix(Wide).min(1);
            of.Is(values, [0, -1]);
            Integers(indexes, [1, 0]);
            Integers(of.Matrix(Wide).min(-2, keepdim: true).indexes, new long[,] { { 1, 0, 0 } });
        },
        ["amax"] = of =>
        {
            of.Is(of.Matrix(Wide).amax(-1), [2, 4]);
            of.Is(of.Matrix(Wide).amax(0), [2, 3, 4]);
            of.Is(of.Matrix(Wide).amax(0, 1), 4);
        },
        ["amin"] = of =>
        {
            of.Is(of.Matrix(Wide).amin(-1), [0, -1]);
            of.Is(of.Matrix(Wide).amin(0), [-1, 0, 1]);
        },
        ["argmax"] = of =>
        {
            Integers(of.Matrix(Wide).argmax(), 5);
            Integers(of.Matrix(Wide).argmax(0), [0, 1, 1]);
            Integers(of.Matrix(Wide).argmax(-1, keepdim: true), new long[,] { { 0 }, { 2 } });
        },
        ["all"] = of =>
        {
            Truth(of.Vector(1, 0).gt(0.5).all(), false);
            Truth(of.Vector(1, 2).gt(0.5).all(), true);
        },
        ["all.dim"] = of =>
        {
            Truth(of.Matrix(Wide).gt(-0.5).all(1), [true, false]);
            Truth(of.Matrix(Wide).gt(-0.5).all(0), [false, true, true]);
            of.Matrix(Wide).gt(0.0).all(1, keepdim: true).shape.Should().Equal(2, 1);
        },
        ["any"] = of =>
        {
            Truth(of.Vector(1, 0).gt(0.5).any(), true);
            Truth(of.Vector(0, 0).gt(0.5).any(), false);
        },
        ["any.dim"] = of =>
        {
            Truth(of.Matrix(Wide).gt(2.5).any(1), [false, true]);
            Truth(of.Matrix(Wide).gt(2.5).any(-2), [false, true, true]);
            of.Matrix(Wide).gt(0.0).any(0, keepdim: true).shape.Should().Equal(1, 3);
        },
        ["logsumexp"] = of =>
        {
            var logarithms = of.Matrix(new[,] { { 0, Math.Log(3) }, { Math.Log(7), 0 } });
            of.Near(logarithms.logsumexp(1), [Math.Log(4), Math.Log(8)], 8);
            of.Near(logarithms.logsumexp(0, keepdim: true), new[,] { { Math.Log(8), Math.Log(4) } }, 8);
            of.Is(of.Vector(1000, -1000).logsumexp(0), 1000);
        },

        // Comparisons.
        ["eq.Tensor"] = of => Truth(of.Vector(1, 2, 3).eq(of.Vector(2, 2, 2)), [false, true, false]),
        ["eq.Scalar"] = of => Truth(of.Vector(1, 2, 3).eq(2), [false, true, false]),
        ["ne.Tensor"] = of => Truth(of.Vector(1, 2, 3).ne(of.Vector(2, 2, 2)), [true, false, true]),
        ["ne.Scalar"] = of => Truth(of.Vector(1, 2, 3).ne(2), [true, false, true]),
        ["lt.Tensor"] = of => Truth(of.Vector(1, 2, 3).lt(of.Vector(2, 2, 2)), [true, false, false]),
        ["lt.Scalar"] = of => Truth(of.Vector(1, 2, 3).lt(2), [true, false, false]),
        ["le.Tensor"] = of => Truth(of.Vector(1, 2, 3).le(of.Vector(2, 2, 2)), [true, true, false]),
        ["le.Scalar"] = of => Truth(of.Vector(1, 2, 3).le(2), [true, true, false]),
        ["gt.Tensor"] = of => Truth(of.Vector(1, 2, 3).gt(of.Vector(2, 2, 2)), [false, false, true]),
        ["gt.Scalar"] = of => Truth(of.Vector(1, 2, 3).gt(2), [false, false, true]),
        ["ge.Tensor"] = of => Truth(of.Vector(1, 2, 3).ge(of.Vector(2, 2, 2)), [false, true, true]),
        ["ge.Scalar"] = of => Truth(of.Vector(1, 2, 3).ge(2), [false, true, true]),
        ["isfinite"] = of => Truth(
            of.Vector(1, double.NaN, double.PositiveInfinity, double.NegativeInfinity).isfinite(), [true, false, false, false]),
        ["allclose"] = of =>
        {
            of.Vector(1, 2).allclose(of.Vector(1, 2)).Should().BeTrue();
            of.Vector(1, 2).allclose(of.Vector(1, 2.25)).Should().BeFalse();
            of.Vector(1, 2).allclose(of.Vector(1, 2.25), rtol: 0.125).Should().BeTrue();
            of.Vector(1, 2).allclose(of.Vector(1, 2.25), rtol: 0, atol: 0.25).Should().BeTrue();
            of.Vector(double.NaN).allclose(of.Vector(double.NaN)).Should().BeFalse();
            of.Vector(double.NaN).allclose(of.Vector(double.NaN), equal_nan: true).Should().BeTrue();
        },

        // Batch normalisation.
        ["batch_norm"] = of =>
        {
            // Two channels of three numbers: means 2 and −1, biased variances 8/3 and 6, unbiased ones 4 and 9.
            double[,] numbers = { { 0, -1 }, { 4, 2 }, { 2, -4 } };
            var rows = of.Matrix(numbers);
            var (mean, variance) = (of.Vector(8, 0), of.Vector(8, 1));
            double Scaled(double value, double centre, double spread) => (value - centre) / Math.Sqrt(spread + 0.5);
            double[,] Normal(double[] centres, double[] spreads, double[] weights, double[] biases)
            {
                var normal = new double[3, 2];
                for (var row = 0; row < 3; row++)
                {
                    for (var channel = 0; channel < 2; channel++)
                    {
                        var scaled = Scaled(numbers[row, channel], centres[channel], spreads[channel]);
                        normal[row, channel] = (weights[channel] * scaled) + biases[channel];
                    }
                }

                return normal;
            }

            var trained = nn.functional.batch_norm(
                rows, mean, variance, of.Vector(2, -3), of.Vector(10, 20), training: true, momentum: 0.25, eps: 0.5);
            of.Near(trained, Normal([2, -1], [8.0 / 3, 6], [2, -3], [10, 20]), 8);
            of.Near(mean, [6.5, -0.25], 4);
            of.Near(variance, [7, 3], 4);
            of.Near(nn.functional.batch_norm(rows, of.Vector(1, 2), of.Vector(3, 4), eps: 0.5), Normal([1, 2], [3, 4], [1, 1], [0, 0]), 8);
            of.Near(nn.functional.batch_norm(rows, null, null, training: true, eps: 0.5), Normal([2, -1], [8.0 / 3, 6], [1, 1], [0, 0]), 8);
        },

        // Linear algebra: backward stable, so the error is a few roundings of the largest value.
        ["qr"] = of =>
        {
            // Signs are LAPACK's: the diagonal of R is negative where a column's first entry is positive.
            var matrix = new double[,] { { 3, 5 }, { 4, 10 }, { 0, 12 } };
            var (q, r) = linalg.qr(of.Matrix(matrix));
            of.Near(r, new double[,] { { -5, -11 }, { 0, -Math.Sqrt(148) } }, 32);
            (q.shape[0], q.shape[1]).Should().Be((3, 2));
            of.Near(q.matmul(r), matrix, 32);
            of.Near(q.mT.matmul(q), new double[,] { { 1, 0 }, { 0, 1 } }, 32);
            var (whole, padded) = linalg.qr(of.Matrix(matrix), linalg.QRMode.Complete);
            (whole.shape[1], padded.shape[0]).Should().Be((3, 3));
            of.Near(whole.matmul(padded), matrix, 32);
            var (none, alone) = linalg.qr(of.Matrix(matrix), linalg.QRMode.R);
            none.numel().Should().Be(0);
            of.Near(alone.abs(), new double[,] { { 5, 11 }, { 0, Math.Sqrt(148) } }, 32);
        },
        ["svdvals"] = of =>
        {
            of.Near(linalg.svdvals(of.Matrix(new double[,] { { 0, 3 }, { -4, 0 } })), [4, 3], 16);
            of.Near(linalg.svdvals(of.Matrix(Tall)), [.. Matrix<double>.Build.DenseOfArray(Tall).Svd(computeVectors: false).S], 16);
        },
        ["eigvalsh"] = of =>
        {
            of.Near(linalg.eigvalsh(of.Matrix(new double[,] { { 2, 1 }, { 1, 2 } })), [1, 3], 16);
            var eigenvalues = Matrix<double>.Build.DenseOfArray(Symmetric).Evd(Symmetricity.Symmetric).EigenValues;
            of.Near(linalg.eigvalsh(of.Matrix(Symmetric)), [.. eigenvalues.Select(value => value.Real).Order()], 16);
            of.Near(linalg.eigvalsh(of.Matrix(new double[,] { { 2, 1 }, { 9, 2 } }), 'U'), [1, 3], 16);
        },
    };

    // C# names of operators in the table.
    private static readonly Dictionary<string, string> Signs = new()
    {
        ["op_Addition"] = "add", ["op_Subtraction"] = "sub", ["op_Multiply"] = "mul", ["op_Division"] = "div",
        ["op_UnaryNegation"] = "neg", ["get_mT"] = "transpose", ["cpu"] = "to", ["to_type"] = "to",
    };

    // Members that compute nothing.
    private static readonly string[] NoOperators =
    [
        "tensor", "NewDisposeScope", "no_grad", "enable_grad", "get_num_threads", "set_num_threads",
        "Dispose", "DetachFromDisposeScope", "MoveToOuterDisposeScope", "requires_grad_", "set_requires_grad",
        "data", "item", "dim", "size", "numel", "is_contiguous", "get_bytes", "get_device", "get_device_type", "cuda_is_available",
        "get_dtype", "get_ndim", "get_shape", "ToString",
    ];

    public static TheoryData<string> Names => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Operator_InFloat64_GivesTheWorkedValue(string name) => Check(name, float64);

    [Theory]
    [MemberData(nameof(Names))]
    public void Operator_InFloat32_GivesTheWorkedValue(string name) => Check(name, float32);

    /// <summary>Every operator that Core calls must be checked here.</summary>
    [Fact]
    public void Table_AgainstCore_HoldsEveryOperatorThatIsCalled()
    {
        Type[] owners = [typeof(torch), typeof(Tensor), typeof(linalg), typeof(nn.functional)];
        var called = UsedTypes.Called(typeof(FullyConnected).Assembly)
            .Where(method => owners.Contains(method.DeclaringType))
            .Select(method => Signs.GetValueOrDefault(method.Name, method.Name))
            .ToHashSet();
        called.Should().Contain(["matmul", "conv2d", "add", "eigvalsh"]);
        called.Except(Table.Keys.Select(key => key.Split('.')[0])).Except(NoOperators).Should().BeEmpty();
    }

    /// <summary>
    /// TorchSharp 0.107.0 passes the arguments in another order: b + c·a instead of c + a·b. Core avoids it; when this test fails, it
    /// need not.
    /// </summary>
    [Fact]
    public void Baddbmm_OfTorchSharp_IsAnotherProduct()
    {
        using var scope = NewDisposeScope();
        var of = new Worked(float64);
        var (c, a) = (of.Matrix(Wide).unsqueeze(0), of.Matrix(Tall).unsqueeze(0));
        var b = of.Matrix(new double[,] { { 1, 0 }, { 0, 1 } }).unsqueeze(0);
        of.Is(baddbmm(c, a, b).squeeze(0), new double[,] { { 3, 9 }, { 8, 7 } });
    }

    private static void Check(string name, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        Table[name](new Worked(dtype));
    }

    private static double[,] Product(double[,] left, double[,] right) =>
        (Matrix<double>.Build.DenseOfArray(left) * Matrix<double>.Build.DenseOfArray(right)).ToArray();

    private static double[,] Transposed(double[,] matrix) => Matrix<double>.Build.DenseOfArray(matrix).Transpose().ToArray();
}
