using System.Globalization;
using VirtNet.Daemon.Networks;
using VirtNet.Model.Conditions;

namespace VirtNet.Daemon.Hosting;

/// <summary>How the daemon is, in one line.</summary>
internal sealed class ServiceStatus(NetworkRegistry registry, ConditionBoard conditions)
{
    public string Text
    {
        get
        {
            IReadOnlyList<NetworkActor> networks = registry.All;
            int active = networks.Count(network => network.Snapshot.IsActive);
            string text = string.Create(CultureInfo.InvariantCulture, $"{active} of {networks.Count} networks active");
            return conditions.Of(network: null) switch
            {
                [] => text,
                [var only] => $"{text}; {only.Text}",
                [var first, ..] and { Count: int count } => string.Create(
                    CultureInfo.InvariantCulture, $"{text}; {first.Text}; and {count - 1} more (virtnet net-list says all)"),
            };
        }
    }
}
