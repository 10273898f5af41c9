using Microsoft.Extensions.Logging;
using VirtNet.Host.Networks;
using VirtNet.Model;
using VirtNet.Model.Conditions;

namespace VirtNet.Daemon.Networks;

/// <content>Guests that run on while their network is stopped.</content>
internal sealed partial class NetworkActor
{
    private const string GuestsSource = "guests";

    /// <summary>So many are named; of more only the number is told.</summary>
    private const int NamedGuests = 8;

    /// <summary>Has those who are on the network plugged in again when it starts the next time; a transient one does not come back.</summary>
    private void SaveGuests(IReadOnlyList<PluggedGuest> guests)
    {
        if (guests.Count > 0 && _snapshot.IsPersistent)
        {
            _environment.StateFiles.SaveGuests(Name, guests);
        }
    }

    /// <summary>Says who was on the network when it stopped.</summary>
    private void TellOfGuests(IReadOnlyList<PluggedGuest> guests)
    {
        if (guests.Count == 0)
        {
            return;
        }

        if (_environment.Logger.IsEnabled(LogLevel.Information))
        {
            _environment.Logger.GuestsUnplugged(Name, Names(guests));
        }

        if (_snapshot.IsPersistent)
        {
            _environment.Conditions.Set(Identity.Uuid, GuestsSource, [.. Unplugged(guests)]);
        }
    }

    /// <summary>Writes down who is on the bridge. Does nothing for an inactive network.</summary>
    public Task RecordBridgeAsync(CancellationToken cancellationToken) => InvokeAsync(
        async () =>
        {
            if (_snapshot.Live is { } live)
            {
                await AttemptAsync("record who is on it", () => RecordBridge(live, missed: []));
            }
        },
        cancellationToken);

    /// <param name="missed">Who belongs there as well.</param>
    private void RecordBridge(NetworkDefinition live, IEnumerable<PluggedGuest> missed)
    {
        if (_environment.Host.RecordOf(live) is { } record)
        {
            _environment.StateFiles.SaveBridge(
                Name, record with { Guests = [.. record.Guests.Concat(missed).DistinctBy(guest => guest.Index)] });
        }
    }

    /// <summary>Guests may have left while no daemon ran.</summary>
    private void MissGuests(NetworkDefinition live)
    {
        ValueList<PluggedGuest> known = _environment.StateFiles.LoadBridge(Name)?.Guests ?? [];
        if (known.Count > 0)
        {
            _environment.Host.Miss(live, known);
        }

        RecordBridge(live, known);
    }

    private void PlugGuests(NetworkDefinition live)
    {
        IReadOnlyList<PluggedGuest> guests = _environment.StateFiles.LoadGuests(Name);
        if (guests.Count > 0)
        {
            _environment.Host.Plug(live, guests);
            ForgetGuests();
        }
    }

    /// <summary>A daemon that was killed while it had pulled the cable of a guest has left it pulled.</summary>
    private void ReturnCables(NetworkDefinition live)
    {
        IReadOnlyList<PluggedGuest> pulled = _environment.StateFiles.LoadPulled(Name);
        if (pulled.Count > 0)
        {
            IReadOnlyList<PluggedGuest> there = _environment.Host.ListGuests(live);
            foreach (PluggedGuest guest in pulled)
            {
                // Another device may have its name by now, or its number.
                if (there.Any(other => other.Index == guest.Index && other.Device == guest.Device))
                {
                    _environment.Host.SetCarrier(guest, on: true);
                }

                _environment.StateFiles.SetPulled(Name, guest, pulled: false);
            }
        }
    }

    private void ForgetGuests()
    {
        _environment.StateFiles.DeleteGuests(Name);
        _environment.Conditions.Set(Identity.Uuid, GuestsSource, []);
    }

    private static IEnumerable<Condition> Unplugged(IReadOnlyList<PluggedGuest> guests)
    {
        PluggedGuest[] returning = [.. guests.Where(guest => guest.ComesBack)];
        PluggedGuest[] lost = [.. guests.Except(returning)];
        if (returning.Length > 0)
        {
            yield return new Condition(
                ConditionKind.Warning, $"{Names(returning)} lost the connection; net-start plugs {(returning.Length == 1 ? "it" : "them")} in again");
        }

        if (lost.Length > 0)
        {
            yield return new Condition(ConditionKind.Warning, $"{Names(lost)} lost the connection");
        }
    }

    private static string Names(IReadOnlyCollection<PluggedGuest> guests) => string.Join(
        ", ",
        guests.Take(NamedGuests).Select(guest => guest.Mac is { } mac ? $"{guest.Device} ({mac})" : guest.Device)
            .Concat(guests.Count > NamedGuests ? [$"{guests.Count - NamedGuests} more"] : []));
}
