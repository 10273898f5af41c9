using System.Net;
using VirtNet.Model.Publishing;

namespace VirtNet.Daemon.Files;

/// <summary>A target that is asked again and again whether it is there.</summary>
/// <param name="Publication">What its network calls the publication.</param>
internal sealed record CheckedTarget(string Publication, IPEndPoint At, PublicationCheck Check);
