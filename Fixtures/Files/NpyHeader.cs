using System.Globalization;

namespace Reproduce.Fixtures.Files;

/// <summary>The Python dictionary at the start of an npy file, read as text and never evaluated.</summary>
internal sealed class NpyHeader(string text, Func<string, Exception> refused)
{
    private const int MostSizes = 8;

    private int _next;

    /// <summary>The three entries that the format asks for, each exactly once.</summary>
    internal (string Type, bool IsColumnMajor, long[] Shape) Parse()
    {
        string? type = null;
        bool? isColumnMajor = null;
        long[]? shape = null;
        Expect('{');
        while (!Take('}'))
        {
            var key = Quoted();
            Expect(':');
            switch (key)
            {
                case "descr" when type is null:
                    type = Peek() == '[' ? throw refused("its elements are structures; float32 and float64 are read") : Quoted();
                    break;
                case "fortran_order" when isColumnMajor is null:
                    isColumnMajor = Word() switch
                    {
                        "True" => true,
                        "False" => false,
                        _ => throw refused("fortran_order is neither True nor False"),
                    };
                    break;
                case "shape" when shape is null:
                    shape = Sizes();
                    break;
                default:
                    throw refused($"unexpected entry '{Printable.Of(key)}'");
            }

            if (!Take(','))
            {
                Expect('}');
                break;
            }
        }

        return Peek() is null && type is not null && isColumnMajor is { } order && shape is not null
            ? (type, order, shape)
            : throw refused("it is not one dictionary with descr, fortran_order and shape");
    }

    private long[] Sizes()
    {
        var sizes = new List<long>();
        Expect('(');
        while (!Take(')'))
        {
            sizes.Add(Count());
            if (sizes.Count > MostSizes)
            {
                throw refused($"its shape has more than {MostSizes} sizes");
            }

            if (!Take(','))
            {
                Expect(')');
                break;
            }
        }

        return [.. sizes];
    }

    // Python 2 wrote 3L for a long integer.
    private long Count()
    {
        var word = Word();
        return long.TryParse(word is [.., 'L'] ? word[..^1] : word, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw refused("a size in its shape is no count");
    }

    private string Quoted()
    {
        var quote = Peek();
        if (quote is not ('\'' or '"'))
        {
            throw refused("text in quotes is missing");
        }

        var end = text.IndexOf(quote.Value, _next + 1);
        if (end < 0)
        {
            throw refused("a quote has no end");
        }

        var content = text[(_next + 1)..end];
        _next = end + 1;
        return content.Contains('\\') ? throw refused("it holds a backslash") : content;
    }

    private string Word()
    {
        Peek();
        var start = _next;
        while (_next < text.Length && char.IsAsciiLetterOrDigit(text[_next]))
        {
            _next++;
        }

        return text[start.._next];
    }

    private void Expect(char character)
    {
        if (!Take(character))
        {
            throw refused($"'{character}' is missing");
        }
    }

    private bool Take(char character)
    {
        var found = Peek() == character;
        _next += found ? 1 : 0;
        return found;
    }

    // The next character that is no space, or null at the end.
    private char? Peek()
    {
        while (_next < text.Length && text[_next] is ' ' or '\n' or '\t' or '\r')
        {
            _next++;
        }

        return _next < text.Length ? text[_next] : null;
    }
}
