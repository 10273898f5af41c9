using VirtNet.Model;
using VirtNet.Model.Metadata;
using VirtNet.Model.Publishing;
using VirtNet.Model.Xml;
using VirtNet.Rpc.Driver;

namespace VirtNet.Cli.Commands;

/// <summary>
/// A change of what a network says beyond libvirt's XML, in what runs and in the definition: both or neither. What somebody else
/// changed meanwhile is not lost: then it begins anew.
/// </summary>
internal sealed class ExtensionChange
{
    private const int ElementType = 2;

    /// <summary>Somebody who changes it all the time is not waited for.</summary>
    private const int MaxAttempts = 5;

    private readonly CommandContext _context;
    private readonly NetworkRef _network;
    private readonly string _failure;
    private readonly Func<string?, NetworkDefinition, string?> _edit;

    private ExtensionChange(
        CommandContext context, NetworkRef network, string failure, Func<string?, NetworkDefinition, string?> edit)
    {
        _context = context;
        _network = network;
        _failure = failure;
        _edit = edit;
    }

    /// <param name="failure">The command's own line above a refusal.</param>
    /// <param name="dryRun">It is only found out whether it can be: what would run is shown to the daemon, which refuses it as it would then.</param>
    /// <param name="edit">From an element (null = none) and the definition that has it to the element to be; pure.</param>
    /// <returns>Those of <paramref name="copies"/> that the edit makes other than they were.</returns>
    /// <exception cref="CommandFailure">Nothing was changed, or it says what was.</exception>
    public static async Task<AffectedCopies> RunAsync(
        CommandContext context,
        NetworkRef network,
        AffectedCopies copies,
        string failure,
        bool dryRun,
        Func<string?, NetworkDefinition, string?> edit,
        CancellationToken cancellationToken)
    {
        ExtensionChange change = new(context, network, failure, edit);
        uint[] flags = [.. Flags(copies)];
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            Copy[] edited = await Task.WhenAll(flags.Select(flag => change.EditAsync(flag, cancellationToken)));
            Copy[] changed = [.. edited.Where(copy => copy.After != copy.Before)];
            if (dryRun)
            {
                await change.TryAsync(changed, cancellationToken);
                return Affected(changed);
            }

            string?[] now = await Task.WhenAll(flags.Select(flag => change.ReadAsync(flag, cancellationToken)));
            if (edited.Select(copy => copy.Before).SequenceEqual(now))
            {
                await change.SetAsync(changed);
                return Affected(changed);
            }
        }

        throw new CommandFailure($"{failure}: somebody else keeps changing it");

        AffectedCopies Affected(Copy[] changed) => copies with
        {
            Live = changed.Any(copy => copy.Flag == AffectOptions.LiveFlag),
            Config = changed.Any(copy => copy.Flag == AffectOptions.ConfigFlag),
        };
    }

    private static IEnumerable<uint> Flags(AffectedCopies copies)
    {
        if (copies.Live)
        {
            yield return AffectOptions.LiveFlag; // first: more can stand against it
        }

        if (copies.Config)
        {
            yield return AffectOptions.ConfigFlag;
        }
    }

    private async Task<Copy> EditAsync(uint flag, CancellationToken cancellationToken)
    {
        Task<string> document = _context.Networks.GetXmlAsync(
            _network, flag == AffectOptions.ConfigFlag ? XmlFlags.Inactive : 0, cancellationToken);
        string? before = await ReadAsync(flag, cancellationToken);
        try
        {
            NetworkDefinition definition = NetworkXml.Parse(await document).Definition;
            return new Copy(flag, before, _edit(before, definition), definition);
        }
        catch (VirtNetException e)
        {
            throw new CommandFailure(_failure, e);
        }
    }

    private async Task<string?> ReadAsync(uint flag, CancellationToken cancellationToken)
    {
        try
        {
            return await _context.Networks.GetMetadataAsync(
                _network, ElementType, NetworkExtension.Namespace, flag, cancellationToken);
        }
        catch (VirtNetException e) when (e.Code == VirErrorCode.NoNetworkMetadata)
        {
            return null;
        }
    }

    /// <summary>Only what runs meets the host: what a definition says is looked at again when it is started.</summary>
    private async Task TryAsync(IReadOnlyList<Copy> copies, CancellationToken cancellationToken)
    {
        foreach (Copy live in copies.Where(copy => copy.Flag == AffectOptions.LiveFlag))
        {
            NetworkDefinition changed = NetworkMetadataEditor.Set(
                live.Definition, NetworkMetadataType.Element, live.After, NetworkExtension.Prefix, NetworkExtension.Namespace);
            await _context.Session.Connection.Extensions.PlanAsync(name: null, NetworkXml.Format(changed), cancellationToken).OrFail(_failure);
        }
    }

    /// <remarks>Copies that are to say the same change in one call. Once begun it is ended, or taken back.</remarks>
    private async Task SetAsync(IReadOnlyList<Copy> copies)
    {
        Copy? done = null;
        foreach (IGrouping<string?, Copy> same in copies.GroupBy(copy => copy.After))
        {
            try
            {
                await CallAsync(same.Key, same.Aggregate(0u, (flags, copy) => flags | copy.Flag));
            }
            catch (VirtNetException e)
            {
                throw done is null ? new CommandFailure(_failure, e) : await UndoneAsync(done, e);
            }

            done = same.First();
        }
    }

    /// <summary>What runs was changed, and its definition could not be.</summary>
    private async Task<CommandFailure> UndoneAsync(Copy live, VirtNetException cause)
    {
        try
        {
            await CallAsync(live.Before, live.Flag);
        }
        catch (VirtNetException e)
        {
            return new CommandFailure(_failure, cause)
            {
                Hints =
                [
                    $"the running network {_network.Name} was changed, its definition was not, and the change could not be taken back: {e.Message}",
                ],
            };
        }

        return new CommandFailure(_failure, cause)
        {
            Hints = [$"the running network {_network.Name}, which had been changed already, is as it was"],
        };
    }

    private Task CallAsync(string? element, uint flags) => _context.Networks.SetMetadataAsync(
        _network,
        new MetadataChange(
            ElementType, element, element is null ? null : NetworkExtension.Prefix, NetworkExtension.Namespace, flags),
        CancellationToken.None);

    private sealed record Copy(uint Flag, string? Before, string? After, NetworkDefinition Definition);
}
