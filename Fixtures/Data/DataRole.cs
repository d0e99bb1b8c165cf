namespace Reproduce.Fixtures.Data;

/// <summary>What a file of a data set holds.</summary>
public enum DataRole
{
    /// <summary>The training images.</summary>
    TrainImages,

    /// <summary>The training labels.</summary>
    TrainLabels,

    /// <summary>The test images.</summary>
    TestImages,

    /// <summary>The test labels.</summary>
    TestLabels,

    /// <summary>Training images with their labels; there may be several such files.</summary>
    TrainRecords,

    /// <summary>Test images with their labels.</summary>
    TestRecords,

    /// <summary>Rows of features with their label, not split into training and test.</summary>
    Table,

    /// <summary>What an author measured: a row for each trained network.</summary>
    Results,
}
