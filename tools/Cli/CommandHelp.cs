using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text.RegularExpressions;

namespace Reproduce.Cli;

/// <summary>Help with one line for each subcommand; the rest is in the subcommand's own help.</summary>
internal sealed partial class CommandHelp(HelpAction help) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <summary>Replaces the help of all commands.</summary>
    internal static void Use(RootCommand root)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        option.Action = new CommandHelp((HelpAction)option.Action!);
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        foreach (var command in parseResult.CommandResult.Command.Subcommands)
        {
            // What it says first, without the details.
            command.Description = command.Description?.Split([". ", ": ", ".\n"], 2, StringSplitOptions.None)[0];
        }

        // The terminal's width breaks the lines, not that of the source.
        var shown = parseResult.CommandResult.Command;
        shown.Description = shown.Description is null ? null : LineBreak().Replace(shown.Description, " ");
        return help.Invoke(parseResult);
    }

    [GeneratedRegex(@"(?<!\n)\n(?!\n|Example:)")]
    private static partial Regex LineBreak();
}
