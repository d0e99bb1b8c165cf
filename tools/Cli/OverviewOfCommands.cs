using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Reproduce.Cli;

/// <summary>Help that has a line for each command beneath the one it is about; the rest stands in that command's own help.</summary>
internal sealed class OverviewOfCommands(HelpAction help) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <summary>Takes the place of the help of all commands.</summary>
    internal static void Use(RootCommand root)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        option.Action = new OverviewOfCommands((HelpAction)option.Action!);
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        foreach (var command in parseResult.CommandResult.Command.Subcommands)
        {
            // The first thing it says, up to its details.
            command.Description = command.Description?.Split([". ", ": ", ".\n"], 2, StringSplitOptions.None)[0];
        }

        return help.Invoke(parseResult);
    }
}
