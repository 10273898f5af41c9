using Microsoft.Extensions.Logging;
using VirtNet.Linux.Netlink;
using VirtNet.Model;

namespace VirtNet.Host.Watch;

/// <summary>Listens to groups of the kernel's announcements. Where some of them were missed, everything is to be looked at.</summary>
/// <param name="lookAtAll">Called then; must be quick.</param>
internal sealed class AnnouncementListeners(Action lookAtAll, TimeProvider time, ILogger<AnnouncementListeners> logger) : IAsyncDisposable
{
    private readonly List<NetlinkListener> _listeners = [];

    /// <param name="what">The announcements, for the log.</param>
    /// <param name="missed">What else is to be done where some were missed.</param>
    /// <returns>Whether the kernel lets this process listen; else it is logged.</returns>
    public bool TryListen(
        string what, NetlinkMessageHandler handle, Action? missed, NetlinkFamily family, params ReadOnlySpan<int> groups)
    {
        bool told = false;
        try
        {
            _listeners.Add(new NetlinkListener(NetlinkSocket.OpenForGroups(family, groups), handle, Missed, time));
            return true;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            logger.CannotWatch(what, e.Message);
            return false;
        }

        void Missed(Exception? reason)
        {
            if (told || reason is null or VirtNetException) // the handler asked the kernel something, and had no answer
            {
                logger.AnnouncementsMissed();
            }
            else
            {
                told = true; // whoever causes it may do so again and again
                logger.AnnouncementUnreadable(what, reason);
            }

            lookAtAll();
            missed?.Invoke();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (NetlinkListener listener in _listeners)
        {
            await listener.DisposeAsync();
        }
    }
}
