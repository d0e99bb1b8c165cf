using Reproduce.Claims.Harness;

namespace Reproduce.Cli;

/// <summary>
/// <c>reproduce completion</c>: a script for a shell that asks this program, by the directive [suggest], what can follow. The program is
/// called by its path and not by ./reproduce, which would build first.
/// </summary>
internal static class CompletionCommand
{
    /// <summary>The shells that are known.</summary>
    internal static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish"];

    internal static int Run(string shell)
    {
        var start = Repository.Program("Cli", "reproduce", []);
        var program = string.Join(' ', new[] { start.FileName }.Concat(start.ArgumentList).Select(Quoted));
        var script = shell switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            _ => throw new UsageException($"there is no completion for '{shell}'; choose from {string.Join(", ", Shells)}"),
        };
        Console.Write(script.Replace("PROGRAM", program, StringComparison.Ordinal));
        return ExitCode.Fine;
    }

    private static string Quoted(string part)
    {
        var isPlain = part.All(letter => char.IsLetterOrDigit(letter) || "/._-".Contains(letter, StringComparison.Ordinal));
        return isPlain ? part : $"'{part.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    // bash breaks words at =, so that of Category=Theorem it expects only what follows.
    private const string Bash = """
        # eval "$(./reproduce completion bash)"
        _reproduce() {
          local typed=${COMP_LINE:0:COMP_POINT}
          local word=${typed##* } current=${COMP_WORDS[COMP_CWORD]} line="reproduce${typed:${#COMP_WORDS[0]}}" candidate
          [ "$current" != = ] || current=
          COMPREPLY=()
          while IFS= read -r candidate; do
            case $candidate in "$word"*) COMPREPLY+=("${candidate#"${word%"$current"}"}") ;; esac
          done < <(PROGRAM "[suggest:${#line}]" "$line" 2>/dev/null)
        }
        complete -F _reproduce reproduce ./reproduce

        """;

    private const string Zsh = """
        # eval "$(./reproduce completion zsh)", after compinit
        _reproduce() {
          local typed="${(j: :)words[2,CURRENT]}"
          local line="reproduce $typed"
          local -a candidates
          candidates=("${(@f)$(PROGRAM "[suggest:${#line}]" "$line" 2>/dev/null)}")
          compadd -a candidates
        }
        compdef _reproduce reproduce ./reproduce

        """;

    private const string Fish = """
        # ./reproduce completion fish | source
        function _reproduce
          set -l line (string replace -r '^\S+' reproduce -- (commandline -cp))
          PROGRAM "[suggest:"(string length -- $line)"]" $line 2>/dev/null
        end
        complete -c reproduce -f -a '(_reproduce)'

        """;
}
