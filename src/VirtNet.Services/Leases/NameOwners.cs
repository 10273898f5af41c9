using System.Net.Sockets;

namespace VirtNet.Services.Leases;

/// <summary>
/// The leases that have one name. One guest may have thousands of them, so nothing that a packet asks for walks them. Not
/// safe on several threads.
/// </summary>
internal sealed class NameOwners
{
    /// <summary>Most names have one or two owners, who are looked at faster than counted.</summary>
    private const int Few = 8;

    private FamilyOwners? _ipv4;
    private FamilyOwners? _ipv6;
    private NameOwnerCounts? _counts;

    public int Count => (_ipv4?.Count ?? 0) + (_ipv6?.Count ?? 0);

    /// <summary>All of them, in no order.</summary>
    public IEnumerable<NameOwner> All => (_ipv4?.All ?? []).Concat(_ipv6?.All ?? []);

    /// <summary>Null where none of the family ever was.</summary>
    public FamilyOwners? Of(AddressFamily family) => family == AddressFamily.InterNetwork ? _ipv4 : _ipv6;

    public void Add(NameOwner owner)
    {
        (owner.Address.Family == AddressFamily.InterNetwork ? _ipv4 ??= new FamilyOwners() : _ipv6 ??= new FamilyOwners()).Add(owner);
        if (_counts is not null)
        {
            _counts.Add(owner, 1);
        }
        else if (Count > Few)
        {
            _counts = new NameOwnerCounts();
            foreach (NameOwner each in All)
            {
                _counts.Add(each, 1);
            }
        }
    }

    public void Remove(NameOwner owner)
    {
        Of(owner.Address.Family)?.Remove(owner);
        _counts?.Add(owner, -1);
    }

    /// <summary>Whether anybody else than a machine has the name.</summary>
    /// <param name="own">A lease that is the machine's whatever it says of itself; null = none of these.</param>
    /// <param name="isPassedOver">Behind which ports none counts; asked once for each port where there are many leases.</param>
    public bool IsOfOtherThan(in Machine machine, NameOwner? own, Func<int, bool> isPassedOver)
    {
        if (_counts is not null)
        {
            foreach (int port in _counts.Ports)
            {
                if (_counts.Others(port, machine, own) > 0 && !isPassedOver(port))
                {
                    return true;
                }
            }

            return false;
        }

        foreach (NameOwner owner in All)
        {
            if (!machine.Has(owner) && owner != own && !isPassedOver(owner.Port))
            {
                return true;
            }
        }

        return false;
    }
}
