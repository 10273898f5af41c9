using System.Globalization;
using VirtNet.Cli.Connections;
using VirtNet.Cli.Output;
using VirtNet.Model;

namespace VirtNet.Cli.Commands;

/// <summary>Commands about the connection: uri, version and connect.</summary>
internal static class Host
{
    private static readonly OptionDefinition Daemon = OptionDefinition.Flag("daemon", "the daemon's version too");
    private static readonly OptionDefinition Name = OptionDefinition.Text("name", "the URI to connect to");
    private static readonly OptionDefinition ReadOnly =
        OptionDefinition.Flag("readonly", "without the right to change anything");

    public static CommandDefinition UriDefinition { get; } = new("uri", "print the URI of the connection", UriAsync)
    {
        Examples = ["uri"],
        OnlyReads = _ => true,
    };

    public static CommandDefinition VersionDefinition { get; } = new("version", "show versions", VersionAsync)
    {
        Description = "Show the versions of this program and of the API it speaks.",
        Options = [Daemon],
        Examples = ["version", "version --daemon"],
        OnlyReads = _ => true,
    };

    public static CommandDefinition ConnectDefinition { get; } = new("connect", "connect again, or elsewhere", ConnectAsync)
    {
        Description = "Close the connection and open it again, or open another one.",
        Options = [Name, ReadOnly],
        NeedsConnection = false,
        Examples = ["connect", "connect network:///system --readonly"],
    };

    private static Task UriAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        JsonUri uri = new(context.Session.Connection.Uri);
        if (context.WritesDocuments)
        {
            context.WriteDocument(uri, CliJson.Default.JsonUri);
        }
        else
        {
            context.Terminal.PrintLine(uri.Uri);
        }

        return Task.CompletedTask;
    }

    private static async Task VersionAsync(
        CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        string? daemon = command.Has(Daemon)
            ? Format(await context.Session.Connection.GetLibraryVersionAsync(cancellationToken))
            : null;
        string? virtnetd = daemon is not null && (context.WritesDocuments || context.Terminal.Look.Columns is not null)
            ? await FindOurDaemonAsync(context, cancellationToken)
            : null;
        if (context.WritesDocuments)
        {
            context.WriteDocument(
                new JsonVersion(ProgramVersion.Short, ProgramVersion.Api, daemon, virtnetd), CliJson.Default.JsonVersion);
            return;
        }

        context.Terminal.Print(
            $"Compiled against library: virtnet {ProgramVersion.Short}\n"
            + $"Using library: virtnet {ProgramVersion.Short}\n"
            + $"Using API: network {ProgramVersion.Api}\n");
        if (daemon is not null)
        {
            context.Terminal.PrintLine($"Running against daemon: {daemon}");
        }

        if (virtnetd is not null)
        {
            context.Terminal.PrintLine($"Which is virtnetd: {virtnetd}");
        }
    }

    private static Task ConnectAsync(CommandContext context, ParsedCommand command, CancellationToken cancellationToken)
    {
        ConnectionTarget target = context.Session.Target with { ReadOnly = command.Has(ReadOnly) };
        if (command.Text(Name) is { } name)
        {
            target = target with { Uri = name, IsDefault = false };
        }

        return context.Session.ReopenAsync(target, cancellationToken).OrFail("failed to connect to the hypervisor");
    }

    /// <summary>The version of virtnetd; null where another program answers, or one that is too old to say.</summary>
    private static async Task<string?> FindOurDaemonAsync(CommandContext context, CancellationToken cancellationToken)
    {
        try
        {
            return (await context.Session.Connection.Extensions.GetStatusAsync(cancellationToken)).Version;
        }
        catch (VirtNetException e) when (e.Code is VirErrorCode.NoSupport or VirErrorCode.Rpc)
        {
            return null;
        }
    }

    private static string Format(ulong version) => string.Create(
        CultureInfo.InvariantCulture, $"{version / 1_000_000}.{version / 1_000 % 1_000}.{version % 1_000}");
}
