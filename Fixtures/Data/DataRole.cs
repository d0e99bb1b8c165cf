namespace Reproduce.Fixtures.Data;

/// <summary>What one of the four files of an image data set holds.</summary>
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
}
