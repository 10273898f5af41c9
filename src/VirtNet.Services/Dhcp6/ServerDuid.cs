using System.Globalization;
using Microsoft.Extensions.Logging;
using VirtNet.Linux;
using VirtNet.Linux.Files;
using VirtNet.Services.Leases;

namespace VirtNet.Services.Dhcp6;

/// <summary>
/// What the server calls itself (RFC 8415, 11.5: a UUID). It is made once and kept, for clients renew only with the server
/// whose name they know.
/// </summary>
internal static class ServerDuid
{
    public const string FileName = "server-duid";

    /// <summary>Of names that single networks have from the servers before this one: a file each, named by UUID.</summary>
    public const string FolderName = "server-duids";

    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const int UuidType = 4;
    private const int Length = 18;

    /// <summary>What the clients of one network call their server; null = as everywhere.</summary>
    public static byte[]? Find(string folder, Guid network, ILogger logger)
    {
        string path = PathOf(folder, network);
        try
        {
            if (!File.Exists(path))
            {
                return null;
            }

            if (TryParse(File.ReadAllText(path), out byte[] kept))
            {
                return kept;
            }

            logger.NetworkDuidUnreadable(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.ServerDuidNotRead(path, e.Message);
        }

        return null;
    }

    /// <summary>Has the server of one network go on under the name of the one before it.</summary>
    /// <param name="duid">In its normal form.</param>
    /// <exception cref="IOException">It cannot be kept.</exception>
    public static void Keep(string folder, Guid network, string duid)
    {
        Directory.CreateDirectory(Path.Combine(folder, FolderName));
        AtomicFile.Write(PathOf(folder, network), duid + "\n", durable: true, Mode);
    }

    /// <summary>Of a network that is gone for good.</summary>
    public static void Forget(string folder, Guid network)
    {
        string path = PathOf(folder, network);
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }

    /// <summary>Reads it from the folder, or makes one there. Without a file that can be written it lasts as long as the process.</summary>
    public static byte[] Load(string folder, ILogger logger)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            if (File.Exists(path))
            {
                if (TryParse(File.ReadAllText(path), out byte[] stored))
                {
                    return stored;
                }

                logger.ServerDuidUnreadable(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.ServerDuidNotRead(path, e.Message);
        }

        byte[] made = new byte[Length];
        made[1] = UuidType;
        SystemRandom.Fill(made.AsSpan(2));
        try
        {
            AtomicFile.Write(path, Duid.Format(made) + "\n", durable: true, Mode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.ServerDuidNotKept(path, e.Message);
        }

        return made;
    }

    private static string PathOf(string folder, Guid network) => Path.Combine(folder, FolderName, network.ToString());

    private static bool TryParse(string text, out byte[] duid)
    {
        string? normal = Duid.Normalize(text.Trim());
        duid = normal is null
            ? []
            : [.. normal.Split(':').Select(octet => byte.Parse(octet, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))];
        return normal is not null;
    }
}
