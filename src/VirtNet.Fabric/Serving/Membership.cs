using System.Text.Json;
using Microsoft.Extensions.Logging;
using VirtNet.Fabric.Sharing;
using VirtNet.Fabric.Store;

namespace VirtNet.Fabric.Serving;

/// <summary>Keeps this host a member that the others see, and see to run.</summary>
internal sealed class Membership(ISharedStore store, FabricIdentity identity, Member self, TimeProvider time, ILogger<Membership> logger)
{
    /// <summary>After this long without a sign of life a member counts as down.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private long _lease;
    private string? _refusal;

    /// <summary>Why this host is no member; null = it is, or was not refused yet.</summary>
    public string? Refusal => Volatile.Read(ref _refusal);

    public event Action? Changed;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (_lease == 0 || !await store.KeepAliveAsync(_lease, cancellationToken))
                {
                    _lease = 0;
                    await RegisterAsync(cancellationToken);
                }
            }
            catch (StoreUnavailableException)
            {
                // FabricWatch says so
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    /// <summary>The others see at once that it no longer runs.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        if (_lease != 0)
        {
            try
            {
                await store.RevokeLeaseAsync(_lease, cancellationToken);
            }
            catch (StoreUnavailableException)
            {
                // they see it a little later
            }
        }
    }

    private async Task RegisterAsync(CancellationToken cancellationToken)
    {
        StoredRange hosts = await store.ReadAsync(FabricKeys.Hosts, cancellationToken);
        FabricView view = FabricView.Of(hosts);
        string? fabric = await IdentifyAsync(cancellationToken);
        string? refusal = identity.ObjectionTo(fabric) is { } objection ? objection
            : view.Members.GetValueOrDefault(self.Name) is { } other && other.Id != self.Id
                ? $"another host is called {self.Name} in this fabric ({other.Address}): give this one another name in fabric.conf, "
                    + $"or take the other one out (virtnet fabric leave --force {self.Name})"
            : view.Members.Values.FirstOrDefault(member => member.Name != self.Name && member.Address == self.Address) is { } same
                ? $"{self.Address} is the address of member {same.Name}"
            : null;
        if (refusal is not null)
        {
            Refuse(refusal);
            return;
        }

        long lease = await store.GrantLeaseAsync(Lifetime, cancellationToken);
        StoredEntry? before = hosts.Entries.FirstOrDefault(entry => entry.Key == FabricKeys.Host(self.Name));
        string text = JsonSerializer.Serialize(self, SharingJson.Default.Member);
        StoreOutcome outcome = await store.CommitAsync(
            new StoreTransaction(
                [new StoreCondition.Unchanged(FabricKeys.Host(self.Name), before?.ModRevision ?? 0)],
                [
                    .. before?.Value == text ? (StoreWrite[])[] : [new StoreWrite.Put(FabricKeys.Host(self.Name), text)],
                    new StoreWrite.Put(FabricKeys.AliveHost(self.Name), self.Version, lease),
                ]),
            cancellationToken);
        if (outcome.Done)
        {
            identity.Remember(fabric!);
            _lease = lease;
            Volatile.Write(ref _refusal, null);
            logger.Registered(self.Name, self.Address);
            Changed?.Invoke();
        }
    }

    /// <summary>Which fabric it is; the first member makes it one, unless this host has been in another.</summary>
    private async Task<string?> IdentifyAsync(CancellationToken cancellationToken)
    {
        if (identity.Known is null)
        {
            await store.CommitAsync(
                new StoreTransaction([new StoreCondition.Absent(FabricKeys.Id)], [new StoreWrite.Put(FabricKeys.Id, $"{Guid.NewGuid()}")]),
                cancellationToken);
        }

        return FabricView.Of(await store.ReadAsync(FabricKeys.Id, cancellationToken)).Id;
    }

    private void Refuse(string reason)
    {
        if (_refusal != reason)
        {
            logger.Refused(reason);
            Volatile.Write(ref _refusal, reason);
            Changed?.Invoke();
        }
    }
}

internal static partial class MembershipLog
{
    [LoggerMessage(EventId = 2150, Level = LogLevel.Information, Message = "This host is member {Name} of the fabric, at {Address}")]
    public static partial void Registered(this ILogger logger, string name, string address);

    [LoggerMessage(EventId = 2151, Level = LogLevel.Error, Message = "This host is no member: {Reason}")]
    public static partial void Refused(this ILogger logger, string reason);
}
