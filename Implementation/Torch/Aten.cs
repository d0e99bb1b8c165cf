namespace TorchSharp;

/// <summary>The operators that the binding uses, named as ATen names them: <c>name_Overload</c>.</summary>
internal static class Aten
{
    // Making tensors.
    internal static readonly Operator empty = new("empty", "memory_format");
    internal static readonly Operator zeros = new("zeros");
    internal static readonly Operator ones = new("ones");
    internal static readonly Operator full = new("full");
    internal static readonly Operator zeros_like = new("zeros_like");
    internal static readonly Operator ones_like = new("ones_like");
    internal static readonly Operator eye_m = new("eye", "m");
    internal static readonly Operator arange_start_step = new("arange", "start_step");
    internal static readonly Operator cat = new("cat");
    internal static readonly Operator stack = new("stack");

    // Copies and conversions.
    internal static readonly Operator to_device = new("to", "device");
    internal static readonly Operator detach = new("detach");
    internal static readonly Operator clone = new("clone");
    internal static readonly Operator contiguous = new("contiguous");
    internal static readonly Operator copy_ = new("copy_");
    internal static readonly Operator fill_Scalar = new("fill_", "Scalar");
    internal static readonly Operator zero_ = new("zero_");

    // Shape and selection.
    internal static readonly Operator reshape = new("reshape");
    internal static readonly Operator view = new("view");
    internal static readonly Operator flatten = new("flatten", "using_ints");
    internal static readonly Operator transpose = new("transpose", "int");
    internal static readonly Operator t = new("t");
    internal static readonly Operator permute = new("permute");
    internal static readonly Operator unsqueeze = new("unsqueeze");
    internal static readonly Operator squeeze = new("squeeze");
    internal static readonly Operator squeeze_dim = new("squeeze", "dim");
    internal static readonly Operator expand = new("expand");
    internal static readonly Operator narrow = new("narrow");
    internal static readonly Operator select = new("select", "int");
    internal static readonly Operator slice_Tensor = new("slice", "Tensor");
    internal static readonly Operator index_select = new("index_select");
    internal static readonly Operator gather = new("gather");
    internal static readonly Operator masked_fill_Scalar = new("masked_fill", "Scalar");
    internal static readonly Operator where_self = new("where", "self");
    internal static readonly Operator diagonal = new("diagonal");
    internal static readonly Operator unbind = new("unbind", "int");

    // Arithmetic.
    internal static readonly Operator add_Tensor = new("add", "Tensor");
    internal static readonly Operator add__Tensor = new("add_", "Tensor");
    internal static readonly Operator add_Scalar = new("add", "Scalar");
    internal static readonly Operator add__Scalar = new("add_", "Scalar");
    internal static readonly Operator sub_Tensor = new("sub", "Tensor");
    internal static readonly Operator sub__Tensor = new("sub_", "Tensor");
    internal static readonly Operator sub_Scalar = new("sub", "Scalar");
    internal static readonly Operator sub__Scalar = new("sub_", "Scalar");
    internal static readonly Operator rsub_Scalar = new("rsub", "Scalar");
    internal static readonly Operator mul_Tensor = new("mul", "Tensor");
    internal static readonly Operator mul__Tensor = new("mul_", "Tensor");
    internal static readonly Operator mul_Scalar = new("mul", "Scalar");
    internal static readonly Operator mul__Scalar = new("mul_", "Scalar");
    internal static readonly Operator div_Tensor_mode = new("div", "Tensor_mode");
    internal static readonly Operator div_Scalar_mode = new("div", "Scalar_mode");
    internal static readonly Operator neg = new("neg");
    internal static readonly Operator pow_Tensor_Tensor = new("pow", "Tensor_Tensor");
    internal static readonly Operator pow_Tensor_Scalar = new("pow", "Tensor_Scalar");
    internal static readonly Operator abs = new("abs");
    internal static readonly Operator sign = new("sign");
    internal static readonly Operator exp = new("exp");
    internal static readonly Operator log = new("log");
    internal static readonly Operator sqrt = new("sqrt");
    internal static readonly Operator square = new("square");
    internal static readonly Operator reciprocal = new("reciprocal");
    internal static readonly Operator relu = new("relu");
    internal static readonly Operator tanh = new("tanh");
    internal static readonly Operator softmax_int = new("softmax", "int");
    internal static readonly Operator log_softmax_int = new("log_softmax", "int");
    internal static readonly Operator clamp_min = new("clamp_min");
    internal static readonly Operator maximum = new("maximum");
    internal static readonly Operator minimum = new("minimum");

    // Products.
    internal static readonly Operator matmul = new("matmul");
    internal static readonly Operator mm = new("mm");
    internal static readonly Operator mv = new("mv");
    internal static readonly Operator bmm = new("bmm");
    internal static readonly Operator baddbmm = new("baddbmm");
    internal static readonly Operator addmm_ = new("addmm_");
    internal static readonly Operator dot = new("dot");
    internal static readonly Operator outer = new("outer");
    internal static readonly Operator conv2d = new("conv2d");
    internal static readonly Operator conv_transpose2d_input = new("conv_transpose2d", "input");
    internal static readonly Operator native_batch_norm = new("native_batch_norm");

    // Reductions.
    internal static readonly Operator sum = new("sum");
    internal static readonly Operator sum_dim_IntList = new("sum", "dim_IntList");
    internal static readonly Operator mean = new("mean");
    internal static readonly Operator mean_dim = new("mean", "dim");
    internal static readonly Operator prod = new("prod");
    internal static readonly Operator prod_dim_int = new("prod", "dim_int");
    internal static readonly Operator max = new("max");
    internal static readonly Operator max_dim = new("max", "dim");
    internal static readonly Operator min = new("min");
    internal static readonly Operator min_dim = new("min", "dim");
    internal static readonly Operator amax = new("amax");
    internal static readonly Operator amin = new("amin");
    internal static readonly Operator argmax = new("argmax");
    internal static readonly Operator all = new("all");
    internal static readonly Operator all_dim = new("all", "dim");
    internal static readonly Operator any = new("any");
    internal static readonly Operator any_dim = new("any", "dim");
    internal static readonly Operator logsumexp = new("logsumexp");

    // Comparisons.
    internal static readonly Operator eq_Tensor = new("eq", "Tensor");
    internal static readonly Operator eq_Scalar = new("eq", "Scalar");
    internal static readonly Operator ne_Tensor = new("ne", "Tensor");
    internal static readonly Operator ne_Scalar = new("ne", "Scalar");
    internal static readonly Operator lt_Tensor = new("lt", "Tensor");
    internal static readonly Operator lt_Scalar = new("lt", "Scalar");
    internal static readonly Operator le_Tensor = new("le", "Tensor");
    internal static readonly Operator le_Scalar = new("le", "Scalar");
    internal static readonly Operator gt_Tensor = new("gt", "Tensor");
    internal static readonly Operator gt_Scalar = new("gt", "Scalar");
    internal static readonly Operator ge_Tensor = new("ge", "Tensor");
    internal static readonly Operator ge_Scalar = new("ge", "Scalar");
    internal static readonly Operator isfinite = new("isfinite");
    internal static readonly Operator allclose = new("allclose");

    // Linear algebra.
    internal static readonly Operator linalg_svdvals = new("linalg_svdvals");
    internal static readonly Operator linalg_eigvalsh = new("linalg_eigvalsh");
    internal static readonly Operator linalg_qr = new("linalg_qr");
}
