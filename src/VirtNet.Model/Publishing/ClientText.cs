using System.Net;

namespace VirtNet.Model.Publishing;

/// <summary>Which clients are meant: networks with commas between.</summary>
public static class ClientText
{
    public static string Format(ValueList<IPNetwork> clients) => string.Join(',', clients);

    /// <summary>One network, or several with commas; an address stands for itself.</summary>
    /// <returns>Null for another text.</returns>
    public static ValueList<IPNetwork>? Parse(string text)
    {
        List<IPNetwork> networks = [];
        foreach (string part in text.Split(','))
        {
            string[] parts = part.Split('/');
            if (parts.Length > 2 || !HostPort.TryParseAddress(parts[0], out IPAddress? address) || part.Contains('['))
            {
                return null;
            }

            if (!IPNetwork.TryParse(parts.Length == 1 ? $"{address}/{8 * address.GetAddressBytes().Length}" : $"{address}/{parts[1]}", out IPNetwork network))
            {
                return null;
            }

            networks.Add(network);
        }

        return networks.Count <= PortRange.MaxParts ? networks.ToValueList() : null;
    }
}
