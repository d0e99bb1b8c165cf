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
                result.AddError($"{option.Name} {given.Value}: choose from {string.Join(", ", words)}");
            }
        });
        return option;
    }

    /// <summary>An argument that takes any number of names; a token that begins with a hyphen is a misspelt option, not a name.</summary>
    internal static Argument<string[]> AnyNumber(this Argument<string[]> argument)
    {
        argument.Arity = ArgumentArity.ZeroOrMore;
        argument.HelpName = argument.Name;
        argument.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.StartsWith('-')))
            {
                result.AddError(Unknown(token.Value, ((CommandResult)result.Parent!).Command));
            }
        });
        return argument;
    }

    internal static int Write(ParseResult parsed)
    {
        // One sentence is enough: that a command is missing follows from one that is misspelt.
        var first = parsed.Errors.OrderBy(error => parsed.UnmatchedTokens.Any(token => IsAbout(error, token)) ? 0 : 1).First();
        Screen.Mistake($"reproduce: {Message(first, parsed)}");
        Console.Error.WriteLine($"See ./{Path(parsed.CommandResult)} --help");
        return ExitCode.Usage;
    }

    private static string Message(ParseError error, ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens.FirstOrDefault(token => IsAbout(error, token)) is { } unknown)
        {
            return Unknown(unknown, command);
        }

        if (command.Action is null && command.Subcommands.Count > 0)
        {
            return $"{command.Name}: a command is missing: choose from {string.Join(", ", command.Subcommands.Select(one => one.Name))}";
        }

        return error.SymbolResult is ArgumentResult { Tokens.Count: 0, Argument: var missing }
            ? $"{command.Name}: <{missing.Name}> is missing: {missing.Description?.TrimEnd('.')}"
            : error.Message.TrimEnd('.');
    }

    private static string Unknown(string token, Command command)
    {
        var isOption = token.StartsWith('-');
        for (Command? above = command; above is not null; above = above.Parents.OfType<Command>().FirstOrDefault())
        {
            // One of its commands was given, or it would have been read.
            if (above.Options.Any(option => option.Name == token))
            {
                return $"'{token}' is an option of {above.Name} itself, not of its commands";
            }
        }

        var known = isOption ? command.Options.Select(option => option.Name) : command.Subcommands.Select(one => one.Name);
        var near = NearestNames.Of(token, known).Take(1).ToList();
        var suggestion = near.Count == 0 ? "" : $". Did you mean {near[0]}?";
        return $"unknown {(isOption ? "option" : known.Any() ? "command" : "argument")} '{token}'{suggestion}";
    }

    private static bool IsAbout(ParseError error, string token) => error.Message.Contains($"'{token}'", StringComparison.Ordinal);

    private static string Path(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{Path(parent)} {command.Command.Name}" : command.Command.Name;
}
