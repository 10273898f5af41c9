using System.Xml.Linq;
using VirtNet.Cli.Hints;
using VirtNet.Cli.Output;
using VirtNet.Model;
using VirtNet.Model.Differences;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>
/// A change of a network's XML, in what runs and in the definition, each by itself: what waits for the next start is not put in force
/// by it. The running network comes first, because more can stand against that.
/// </summary>
internal sealed class NetworkChange
{
    private readonly CommandContext _context;
    private readonly NetworkRef _network;
    private readonly bool _live;
    private readonly bool _config;

    /// <summary>What cannot be changed now is refused; else it waits for the next start.</summary>
    private readonly bool _isStrict;

    private NetworkChange(CommandContext context, NetworkRef network, bool live, bool config, bool isStrict)
    {
        _context = context;
        _network = network;
        _live = live;
        _config = config;
        _isStrict = isStrict;
    }

    public static string Failure(NetworkRef network) => $"Failed to change network {network.Name}";

    /// <param name="edit">Changes one of the two; throws where it cannot.</param>
    public static async Task RunAsync(
        CommandContext context, ParsedCommand command, NetworkRef network, Action<XElement> edit, CancellationToken cancellationToken)
    {
        AffectedCopies copies = await AffectedCopies.ResolveAsync(context, command, network, Failure(network), cancellationToken);
        bool isStrict = copies.WereChosen || !copies.Config;
        await new NetworkChange(context, network, copies.Live, copies.Config, isStrict).RunAsync(edit, cancellationToken);
    }

    private async Task RunAsync(Action<XElement> edit, CancellationToken cancellationToken)
    {
        string? liveBefore = _live ? await _context.Networks.GetXmlAsync(_network, flags: 0, cancellationToken) : null;
        string? configBefore = _config ? await _context.Networks.GetXmlAsync(_network, XmlFlags.Inactive, cancellationToken) : null;
        string? live = Edited(liveBefore, edit);
        string? config = Edited(configBefore, edit);
        Redefinition? redefinition = live is null ? null : await RedefineAsync(live, cancellationToken);
        string? stored = config is null ? null
            : Says(config, configBefore!) ? configBefore
            : await DefineAsync(config, redefinition is { Done: true } ? liveBefore : null, cancellationToken);
        bool isDefinitionChanged = stored is not null && !Says(stored, configBefore!);
        if (isDefinitionChanged && redefinition is not null && live is not null)
        {
            redefinition = redefinition with { Items = [.. redefinition.Items, .. Waiting(redefinition, live, configBefore!, stored!)] };
        }

        Report(
            redefinition,
            isDefinitionChanged || redefinition is { Items.Count: > 0 },
            isDefinitionChanged ? await ServerWarnings.ReadAlwaysAsync(_context, _network, cancellationToken) : []);
    }

    /// <summary>What a definition leaves open is made up for the next start, and what runs keeps what it has.</summary>
    private static IEnumerable<RedefinedItem> Waiting(Redefinition redefinition, string live, string configBefore, string stored)
    {
        (NetworkDefinition runs, NetworkDefinition before, NetworkDefinition next) = (Read(live), Read(configBefore), Read(stored));
        return new[]
        {
            Waits("bridge-name", runs.BridgeName ?? before.BridgeName, before.BridgeName, next.BridgeName),
            Waits("mac", (runs.Mac ?? before.Mac)?.ToString(), before.Mac?.ToString(), next.Mac?.ToString()),
        }.OfType<RedefinedItem>().Where(item => redefinition.Items.All(said => said.Item != item.Item));
    }

    private static RedefinedItem? Waits(string item, string? runs, string? before, string? next) =>
        next == before || next == runs ? null : new RedefinedItem(item, runs, next, ChangeEffect.NeedsRestart);

    /// <summary>Whether two documents are of one definition.</summary>
    private static bool Says(string xml, string other) => xml == other || Read(xml) == Read(other);

    private static NetworkDefinition Read(string xml) => NetworkXml.Parse(xml).Definition;

    private static string? Edited(string? xml, Action<XElement> edit)
    {
        if (xml is null)
        {
            return null;
        }

        EditedXml edited = new(xml);
        edit(edited.Root);
        return edited.ToString();
    }

    /// <summary>What may not wait is asked for as a whole: only the daemon knows who is plugged in when it does it.</summary>
    /// <returns>Null where the daemon can only change definitions.</returns>
    private async Task<Redefinition?> RedefineAsync(string xml, CancellationToken cancellationToken)
    {
        if (_isStrict)
        {
            Redefinition whole = await CallAsync(xml, RedefineFlags.None, cancellationToken).OrFail(Failure(_network));
            return whole.Done ? whole : throw Refusal(whole);
        }

        Redefinition planned;
        try
        {
            planned = await CallAsync(xml, RedefineFlags.DryRun, cancellationToken);
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.NoSupport)
        {
            _context.Hints.Say("this daemon cannot change a running network: the change waits for its next start");
            return null;
        }
        catch (VirtNetException e)
        {
            throw new CommandFailure(Failure(_network), e);
        }

        return planned.Items.All(item => item.Effect is ChangeEffect.NeedsRestart)
            ? planned // nothing that could be changed now
            : await CallAsync(xml, RedefineFlags.Partial, cancellationToken).OrFail(Failure(_network));
    }

    private CommandFailure Refusal(Redefinition redefinition)
    {
        IEnumerable<RedefinedItem> waiting = redefinition.Items.Where(item => item.Effect is ChangeEffect.NeedsRestart);
        VirtNetException cause = VirtNetException.OperationUnsupported(
            $"network '{_network.Name}' cannot change so while it is active; nothing was changed");
        return new CommandFailure(Failure(_network), cause)
        {
            Hints =
            [
                .. waiting.Select(item => LiveRedefinition.Line(item, redefinition)),
                "without --live it is in force from the next start on",
            ],
        };
    }

    private Task<Redefinition> CallAsync(string xml, RedefineFlags flags, CancellationToken cancellationToken) =>
        _context.Session.Connection.Extensions.RedefineAsync(xml, flags | RedefineFlags.LiveOnly, cancellationToken);

    /// <param name="liveBefore">What ran before it was changed; null = it was not.</param>
    /// <returns>The definition that it has become.</returns>
    private async Task<string> DefineAsync(string xml, string? liveBefore, CancellationToken cancellationToken)
    {
        try
        {
            await _context.Networks.DefineAsync(xml, flags: 0, cancellationToken);
        }
        catch (VirtNetException e)
        {
            if (liveBefore is not null)
            {
                await CallAsync(liveBefore, RedefineFlags.Partial, CancellationToken.None)
                    .OrFail($"Failed to undo the change of network {_network.Name}, whose definition could not be changed: {e.Message}");
            }

            throw new CommandFailure(Failure(_network), e);
        }

        try
        {
            return await _context.Networks.GetXmlAsync(_network, XmlFlags.Inactive, cancellationToken);
        }
        catch (VirtNetException)
        {
            return xml; // it is changed; what the daemon has made of it only helps
        }
    }

    /// <param name="warnings">What its definition says, and will not be so.</param>
    private void Report(Redefinition? redefinition, bool isChanged, IReadOnlyList<string> warnings)
    {
        bool isLive = redefinition is { Done: true } or { Items.Count: 0 };
        if (_context.WritesDocuments)
        {
            _context.WriteDocument(
                new JsonNetworkChange(
                    _network.ToJson(),
                    isLive,
                    _config,
                    isChanged,
                    [.. (redefinition?.Items ?? []).Select(LiveRedefinition.ToJson)],
                    warnings),
                CliJson.Default.JsonNetworkChange);
            return;
        }

        if (redefinition is not null)
        {
            LiveRedefinition.PrintItems(_context, redefinition);
        }

        _context.Terminal.PrintExtra($"Network {_network.Name} {(isChanged ? "changed" : "is so already")}\n");
        ServerWarnings.Write(_context, warnings);
    }
}
