using VirtNet.Model;

namespace VirtNet.Services.Ports;

/// <summary>What the log calls a client: its MAC where that is known, else its DUID.</summary>
internal readonly record struct GuestName(MacAddress? Mac, string? Duid)
{
    public static GuestName Of(MacAddress mac) => new(mac, Duid: null);

    public override string ToString() => Mac?.ToString() ?? Duid ?? "";
}
