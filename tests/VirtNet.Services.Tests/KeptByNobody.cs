using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Services.Sockets;

namespace VirtNet.Services.Tests;

/// <summary>For services whose sockets go with them.</summary>
internal static class KeptByNobody
{
    public static KeptSockets Sockets => new(holder: null, NullLogger<KeptSockets>.Instance);
}
