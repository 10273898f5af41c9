using System.Net;
using VirtNet.Model;

namespace VirtNet.Host.Spanning;

/// <summary>A guest tried to use what is another's.</summary>
/// <param name="Bridge">That its port was last seen on.</param>
/// <param name="Port">The number of its port.</param>
/// <param name="What">What it tried to use: a <see cref="MacAddress"/> or an <see cref="IPAddress"/>, as text.</param>
internal sealed record Refusal(string Bridge, int Port, string What);
