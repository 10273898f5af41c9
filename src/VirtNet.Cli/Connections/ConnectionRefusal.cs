using VirtNet.Model;

namespace VirtNet.Cli.Connections;

/// <summary>Tells a daemon that does not let this user in from one that is not there.</summary>
internal static class ConnectionRefusal
{
    private const int NotPermitted = 1;
    private const int AccessDenied = 13;

    public static bool Is(VirtNetException failure) =>
        failure.Errno is NotPermitted or AccessDenied
        || failure.Code is VirErrorCode.AuthFailed or VirErrorCode.AuthCancelled or VirErrorCode.AuthUnavailable;
}
