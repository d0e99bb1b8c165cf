using System.Globalization;
using Microsoft.VisualBasic.FileIO;
using Reproduce.Fixtures.Data;

namespace Reproduce.Fixtures.Experiments.Smoothness;

/// <summary>
/// What the author of the thesis measured, in the records of the experiments here, so that the same code makes tables of his networks
/// and of ours. A network has converged when its training ended before the last epoch allowed; measures are those on test points.
/// </summary>
public sealed class ThesisResults
{
    private static readonly Dictionary<string, (string File, string Coefficient, double LearningRate)> Table44 = new()
    {
        ["GN"] = ("explicit_reg_gradient_norm.csv", "model.gradient_norm_reg_coef", 0.01),
        ["PL0"] = ("explicit_reg_function_path_length.csv", "model.path_length_f_reg_coef", 0.1),
        ["PL1"] = ("explicit_reg_gradient_path_length.csv", "model.path_length_d_reg_coef", 0.1),
        ["WP"] = ("explicit_reg_weights_product.csv", "model.weights_product_reg_coef", 0.01),
    };

    private ThesisResults(IReadOnlyDictionary<string, string> texts, DataStamp stamp)
    {
        Stamp = stamp;
        List<Row> Rows(string file) => Row.Read(texts[file]);
        Functions =
        [
            .. from row in Rows("increasing_training_set_size_1d.csv")
               group row by row.Whole("dataset.seed") into one
               orderby one.Key
               select new FunctionNetworks(one.Key, [.. one.Select(OnSamples)]),
        ];
        Polynomials =
        [
            .. from row in Rows("increasing_training_set_size_1d_polynomials.csv")
               select new PolynomialThroughSamples(
                   row.Whole("dataset.seed"), row.Whole("dataset.samples_train"), row.Measures("test"), double.NaN),
        ];
        Digits =
        [
            .. from row in (Row[])
               [
                   .. Rows("increasing_training_set_size_nd.csv"),
                   .. Rows("increasing_training_set_size_nd_init_scale_1.csv"),
               ]
               group row by (row.Pair, Points: row.Whole("dataset.samples_train")) into one
               orderby one.Key.Pair, one.Key.Points
               select new DigitNetworks(one.Key.Pair, one.Key.Points, [.. one.Select(row =>
                   new ScaledNetwork(row.Number("model.init_scale"), row.Whole("model.iteration"), row.Network))]),
        ];
        Regularised = Table44.ToDictionary(one => one.Key, one => (IReadOnlyList<RegularisedNetwork>)
        [
            .. from row in Rows(one.Value.File)
               where row.Number("model.learning_rate") == one.Value.LearningRate
               let coefficient = row.Number(one.Value.Coefficient)
               let name = coefficient == 0 ? RegularisedDigits.None : one.Key
               let kind = new RegularisedBy(name, coefficient, one.Value.LearningRate, row.Whole("model.epochs"))
               select new RegularisedNetwork(row.Pair, row.Whole("dataset.samples_train"), kind, row.Network),
        ]);
    }

    /// <summary>The stamp of the files.</summary>
    public DataStamp Stamp { get; }

    /// <summary>20 functions with 10 networks of each of 9 sizes, behind Table 4.1.</summary>
    public IReadOnlyList<FunctionNetworks> Functions { get; }

    /// <summary>Their polynomials; the variation by equation 3.18 is not among the results, and NaN.</summary>
    public IReadOnlyList<PolynomialThroughSamples> Polynomials { get; }

    /// <summary>45 pairs of digits with 3 networks of each of 8 sizes and both initialisation scales, behind Tables 4.2 and 4.3.</summary>
    public IReadOnlyList<DigitNetworks> Digits { get; }

    /// <summary>
    /// By measure, the networks with and without that regulariser behind Table 4.4. The files also have other learning rates.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<RegularisedNetwork>> Regularised { get; }

    /// <summary>Reads the author's files.</summary>
    /// <exception cref="DataUnavailableException">No source has one of them.</exception>
    /// <exception cref="DataException">One of them is damaged.</exception>
    public static ThesisResults Load(DataStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        var (texts, stamp) = store.LoadTexts(DataSets.ThesisResults);
        return new(texts, stamp);
    }

    private static NetworkOnSamples OnSamples(Row row) => new(
        row.Whole("dataset.samples_train"),
        row.Whole("model.iteration"),
        row.Network.Epochs,
        row.Network.TrainingLoss,
        row.Network.Converged,
        row.Network.Test);

    // One line of a file: numbers by the name of their column, empty where a run failed.
    private sealed record Row(IReadOnlyDictionary<string, string> Fields)
    {
        // Such as 6-7, written mnist67.
        internal string Pair => $"{Fields["dataset.name"][^2]}-{Fields["dataset.name"][^1]}";

        internal DigitNetwork Network
        {
            get
            {
                var isLost = Fields["loss_train"] == "";
                var epochs = isLost ? 0 : Whole("actual_epochs");
                return new DigitNetwork(
                    !isLost && epochs < Whole("model.epochs"),
                    isLost,
                    epochs,
                    double.NaN,
                    Measures("test"),
                    Measures("train"),
                    Number("loss_test"),
                    double.NaN,
                    Number("loss_train"),
                    double.NaN);
            }
        }

        internal double Number(string column) =>
            Fields[column] is "" ? double.NaN : double.Parse(Fields[column], NumberStyles.Float, CultureInfo.InvariantCulture);

        internal int Whole(string column) => checked((int)Number(column));

        internal FourMeasures Measures(string points) => new(
            Number($"gradient_norm_{points}"),
            Number($"path_length_f_{points}"),
            Number($"path_length_d_{points}"),
            Number("weights_product"));

        internal static List<Row> Read(string text)
        {
            using var parser = new TextFieldParser(new StringReader(text)) { Delimiters = [","], HasFieldsEnclosedInQuotes = true };
            var names = parser.ReadFields()!;
            var rows = new List<Row>();
            while (parser.ReadFields() is { } fields)
            {
                rows.Add(new(names.Zip(fields).ToDictionary(one => one.First, one => one.Second)));
            }

            return rows;
        }
    }
}
