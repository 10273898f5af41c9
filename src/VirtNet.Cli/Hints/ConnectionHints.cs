using VirtNet.Cli.Connections;
using VirtNet.Model;

namespace VirtNet.Cli.Hints;

/// <summary>What may help when nobody can be reached.</summary>
internal static class ConnectionHints
{
    private const int NoEntry = 2;
    private const int ConnectionRefused = 111;

    public static IReadOnlyList<string> For(CommandContext context, VirtNetException failure)
    {
        ConnectionTarget target = context.Session.Target;
        return failure.Errno switch
        {
            _ when ConnectionRefusal.Is(failure) =>
            [
                "the socket is for root and for members of the group virtnet: "
                + $"'sudo usermod -aG virtnet {context.Environment.UserName()}' makes you one, from your next login on",
            ],
            NoEntry or ConnectionRefused when target.IsDefault =>
                ["virtnetd is not running: start it with 'systemctl start virtnetd', or run virtnet as root"],
            NoEntry or ConnectionRefused when context.SaysMore => ["no daemon listens there"],
            _ => [],
        };
    }
}
