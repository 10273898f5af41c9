using System.Globalization;
using VirtNet.Daemon.Configuration;
using VirtNet.Linux;

namespace VirtNet.Daemon.Hosting;

/// <summary>A descriptor that this process has from the one that started it, or from the program that it was before.</summary>
/// <param name="Name">What systemd calls it; null = nothing, it is of the program before.</param>
internal sealed record PassedSocket(int Descriptor, string? Name)
{
    private const int FirstDescriptor = 3;

    /// <summary>
    /// What the service manager passed to this very process (sd_listen_fds(3)), to which it also passes what it was given
    /// to hold. What is started from here is not to believe that they are its.
    /// </summary>
    public static IReadOnlyList<PassedSocket> OfManager()
    {
        string mine = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        List<PassedSocket> passed = [];
        if (Environment.GetEnvironmentVariable("LISTEN_PID") == mine
            && int.TryParse(Environment.GetEnvironmentVariable("LISTEN_FDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            string[] names = (Environment.GetEnvironmentVariable("LISTEN_FDNAMES") ?? "").Split(':');
            for (int i = 0; i < count; i++)
            {
                passed.Add(new PassedSocket(FirstDescriptor + i, i < names.Length ? names[i] : ""));
            }
        }

        foreach (string variable in (string[])["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"])
        {
            Environment.SetEnvironmentVariable(variable, null);
        }

        return WithoutHeirs(passed);
    }

    /// <summary>What the program that this process was before left open for it.</summary>
    /// <exception cref="ConfigurationException">One of them is no socket.</exception>
    public static IReadOnlyList<PassedSocket> OfFormerProgram(IReadOnlyList<int> descriptors)
    {
        foreach (int descriptor in descriptors)
        {
            if (FamilyOf(descriptor) is null)
            {
                throw new ConfigurationException($"descriptor {descriptor} of --inherit-sockets is no open socket");
            }
        }

        return WithoutHeirs([.. descriptors.Select(descriptor => new PassedSocket(descriptor, Name: null))]);
    }

    /// <summary>The family of a socket; null for what is none.</summary>
    public static int? FamilyOf(int descriptor)
    {
        FileDescriptor socket = new(descriptor);
        int? family = Libc.TryGetOption(socket, Libc.SoDomain, out int value) ? value : null;
        socket.Detach();
        return family;
    }

    /// <summary>Hooks and nft are no listeners. What is not open is not passed.</summary>
    private static IReadOnlyList<PassedSocket> WithoutHeirs(List<PassedSocket> passed) =>
        [.. passed.Where(socket => Libc.TryCloseOnExec(socket.Descriptor))];
}
