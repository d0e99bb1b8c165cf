using System.CommandLine;
using System.CommandLine.Parsing;
using Reproduce.Fixtures;

namespace Reproduce.Cli;

/// <summary>A command line that cannot be read: one sentence, and no page of help before it.</summary>
internal static class CommandLineMistake
{
    /// <summary>An option whose value is one of a few words.</summary>
    internal static Option<T> OneOf<T>(this Option<T> option, params string[] words)
    {
        option.HelpName = string.Join('|', words);
        option.CompletionSources.Add(words);
        option.Validators.Add(result =>
        {
            foreach (var given in result.Tokens.Where(token => !words.Contains(token.Value)))
            {
                result.AddError($"{option.Name} {given.Value}: the words are {string.Join(", ", words)}");
            }
        });
        return option;
    }

    internal static int Write(ParseResult parsed)
    {
        // One sentence is enough: that a command is missing follows from one that is misspelt.
        foreach (var message in parsed.Errors.OrderBy(error => parsed.UnmatchedTokens.Any(token => IsAbout(error, token)) ? 0 : 1).Select(error => Message(error, parsed)).Take(1))
        {
            Console.Error.WriteLine($"reproduce: {message}");
        }

        Console.Error.WriteLine($"See ./{Path(parsed.CommandResult)} --help");
        return ExitCode.Usage;
    }

    private static string Message(ParseError error, ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens.FirstOrDefault(token => IsAbout(error, token)) is { } unknown)
        {
            var known = unknown.StartsWith('-') ? command.Options.Select(option => option.Name) : command.Subcommands.Select(one => one.Name);
            var near = NearestNames.Of(unknown, known).Take(1).ToList();
            return $"'{unknown}' is no {(unknown.StartsWith('-') ? "option" : "command or argument")} here{(near.Count == 0 ? "" : $". Did you mean {near[0]}?")}";
        }

        return command.Action is null && command.Subcommands.Count > 0
            ? $"{command.Name} wants a command: {string.Join(", ", command.Subcommands.Select(one => one.Name))}"
            : error.Message.TrimEnd('.');
    }

    private static bool IsAbout(ParseError error, string token) => error.Message.Contains($"'{token}'", StringComparison.Ordinal);

    private static string Path(CommandResult command) => command.Parent is CommandResult parent ? $"{Path(parent)} {command.Command.Name}" : command.Command.Name;
}
