using VirtNet.Cli.Connections;
using VirtNet.Model;

namespace VirtNet.Cli.Hints;

/// <summary>What may help when nobody can be reached.</summary>
internal static class ConnectionHints
{
    private const int NoEntry = 2;
    private const int AccessDenied = 13;
    private const int ConnectionRefused = 111;

    public static IReadOnlyList<string> For(CommandContext context, VirtNetException failure)
    {
        ConnectionTarget target = context.Session.Target;
        return failure.Errno switch
        {
            AccessDenied => ["the socket is for root and for members of the group virtnet; -r connects read-only"],
            NoEntry or ConnectionRefused when target.IsDefault =>
                ["virtnetd is not running: start it with 'systemctl start virtnetd', or run virtnet as root"],
            NoEntry or ConnectionRefused when context.Json || context.Hints.SuggestionsWelcome =>
                ["no daemon listens there"],
            _ => [],
        };
    }
}
