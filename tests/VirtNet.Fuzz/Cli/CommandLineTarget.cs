using VirtNet.Cli;
using VirtNet.Cli.Grammar;
using VirtNet.Cli.Running;
using VirtNet.Fuzz.Engine;

namespace VirtNet.Fuzz.Cli;

/// <summary>A line as somebody types it into the shell, and what a half of it could become.</summary>
internal sealed class CommandLineTarget : TextTarget
{
    private readonly CommandParser _parser = new(AllCommands.Table);

    public override string Name => "command-line";

    public override int MaxLength => 1024;

    protected override IEnumerable<string> Texts =>
    [
        "net-list --all; net-dumpxml default", "net-update default add ip-dhcp-host \"<host mac='52:54:00:00:00:01'/>\" --live --config",
        "domif-set-source guest --mac 52:54:00:00:00:01 --network 'my net' # note", "echo --xml a\\ b \\\n c", "net-define --file=\"x\" --validate",
        "attach-interface g network default --inbound 1,2,3 --persistent", "help net-start",
    ];

    protected override IEnumerable<string> Terms =>
        ["--", "-", "=", "\"", "'", "\\", "\\\n", ";", "#", "--all", "--network=", "net-start", "net-", "--help", " ", "\t"];

    public override long AllocationBound(int length) => 64 * 1024 + (2048 * length);

    protected override void Decode(string text)
    {
        try
        {
            _ = _parser.Parse(CommandTokens.FromText(text));
        }
        catch (UsageException e)
        {
            Require.That(e.Message.Length > 0, "a refusal says why");
        }

        try
        {
            _ = GlobalOptionParser.Parse(text.Split(' '));
        }
        catch (UsageException)
        {
            // refused, as documented
        }
    }
}
