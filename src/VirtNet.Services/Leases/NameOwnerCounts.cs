using VirtNet.Model;

namespace VirtNet.Services.Leases;

/// <summary>
/// How many owners a name has behind each port, and how many of them are of one machine: whether there are others is then
/// known without looking at any.
/// </summary>
internal sealed class NameOwnerCounts
{
    private readonly Tally<int> _behind = new();
    private readonly Tally<Part> _parts = new();

    public IEnumerable<int> Ports => _behind.Keys;

    /// <param name="by">1 or -1.</param>
    public void Add(NameOwner owner, int by)
    {
        _behind.Add(owner.Port, by);
        if (owner.Mac is not null)
        {
            _parts.Add(new Part(owner.Port, owner.Mac, null), by);
        }

        if (owner.Duid is not null)
        {
            _parts.Add(new Part(owner.Port, null, owner.Duid), by);
            if (owner.Mac is not null)
            {
                _parts.Add(new Part(owner.Port, owner.Mac, owner.Duid), by);
            }
        }
    }

    /// <summary>How many of those behind a port are not of a machine.</summary>
    /// <param name="own">One of them that is the machine's whatever it says of itself.</param>
    public int Others(int port, in Machine machine, NameOwner? own)
    {
        int its = own is { } known && known.Port == port && !machine.Has(known) ? 1 : 0;
        if (machine.Mac is not null)
        {
            its += _parts[new Part(port, machine.Mac, null)];
        }

        if (machine.Duid is not null)
        {
            its += _parts[new Part(port, null, machine.Duid)];
            if (machine.Mac is not null)
            {
                its -= _parts[new Part(port, machine.Mac, machine.Duid)]; // counted by both
            }
        }

        return _behind[port] - its;
    }

    /// <summary>What owners have in common; null = whatever it is.</summary>
    private readonly record struct Part(int Port, MacAddress? Mac, string? Duid);
}
