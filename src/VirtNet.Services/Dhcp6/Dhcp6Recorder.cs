using VirtNet.Model;
using VirtNet.Services.Leases;
using VirtNet.Wire.Dhcp6;

namespace VirtNet.Services.Dhcp6;

/// <summary>Carries out what a decision says about leases; under their lock.</summary>
internal static class Dhcp6Recorder
{
    /// <param name="sender">The MAC that the message came from, as far as it is known.</param>
    public static void Record(
        Dhcp6Decision decision, NetworkLeases leases, Dhcp6Bindings bindings, Dhcp6Guard guard, MacAddress? sender)
    {
        if (decision is not Dhcp6Decision.Answer answer)
        {
            return;
        }

        foreach (Dhcp6IaDecision ia in answer.Ias)
        {
            if (ia.Ended is { } ended)
            {
                leases.Remove(ended);
                if (ia.Blocks)
                {
                    guard.Decline(ended, sender);
                }
            }

            if (ia.Address is { } given)
            {
                guard.GiveOut(given, ia.Client);
            }

            if (ia.Lease is { } lease)
            {
                leases.Put(lease, ia.Seconds == Dhcp6Range.Infinite ? null : TimeSpan.FromSeconds(ia.Seconds));
                guard.NotePort(lease, sender);
                if (ia.SharedDuid is { } duid)
                {
                    guard.NoteSharedId(new Dhcp6Client(duid, ia.Client.Ia), sender);
                }
            }
            else if (answer.Type == Dhcp6MessageType.Advertise && ia.Address is { } offered)
            {
                bindings.AddOffer(offered, ia.Client);
            }
        }
    }
}
