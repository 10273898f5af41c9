using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using VirtNet.Linux.Files;

namespace VirtNet.Fabric.Syncing;

/// <summary>The agreements about all networks, each in a file of a folder. One that cannot be read counts as none, and is said. Any thread may read.</summary>
internal sealed class SyncedNetworks
{
    private const UnixFileMode OnlyRoot = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder;
    private readonly ConcurrentDictionary<Guid, SyncedNetwork> _networks = [];

    /// <summary>Those that are not on disk as they are.</summary>
    private readonly ConcurrentDictionary<Guid, bool> _unwritten = [];

    public SyncedNetworks(string folder, ILogger<SyncedNetworks> logger)
    {
        _folder = folder;
        Directory.CreateDirectory(folder, OnlyRoot | UnixFileMode.UserExecute);
        AtomicFile.RemoveTemporary(folder);
        foreach (string file in Directory.EnumerateFiles(folder, "*.json"))
        {
            try
            {
                SyncedNetwork network = JsonSerializer.Deserialize(File.ReadAllText(file), SyncJson.Default.SyncedNetwork)!;
                _networks[network.Uuid] = network;
            }
            catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
            {
                logger.Unreadable(file, e);
            }
        }
    }

    public IReadOnlyCollection<SyncedNetwork> All => [.. _networks.Values];

    public SyncedNetwork? Find(Guid uuid) => _networks.GetValueOrDefault(uuid);

    /// <summary>On disk when it returns. Where that fails it is as it was told all the same, until this program ends.</summary>
    public void Save(SyncedNetwork network)
    {
        if (!_unwritten.ContainsKey(network.Uuid) && _networks.GetValueOrDefault(network.Uuid) is { } before && before.Ranges.SequenceEqual(network.Ranges)
            && before with { Ranges = network.Ranges } == network)
        {
            return;
        }

        _networks[network.Uuid] = network;
        _unwritten[network.Uuid] = true;
        Write(network);
    }

    /// <summary>Writes what could not be written, and removes what could not be removed, as far as that is possible by now.</summary>
    public void WriteAgain()
    {
        foreach (Guid uuid in _unwritten.Keys)
        {
            try
            {
                if (Find(uuid) is { } network)
                {
                    Write(network);
                }
                else
                {
                    Delete(uuid);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return; // whoever saved it has heard why
            }
        }
    }

    /// <summary>Gone from the disk when it returns. Where that fails it is gone all the same, until this program ends.</summary>
    public void Remove(Guid uuid)
    {
        if (_networks.TryRemove(uuid, out _))
        {
            _unwritten[uuid] = true;
            Delete(uuid);
        }
    }

    private void Write(SyncedNetwork network)
    {
        AtomicFile.Write(FileOf(network.Uuid), JsonSerializer.Serialize(network, SyncJson.Default.SyncedNetwork), durable: true, OnlyRoot);
        _unwritten.TryRemove(network.Uuid, out _);
    }

    private void Delete(Guid uuid)
    {
        AtomicFile.Delete(FileOf(uuid));
        _unwritten.TryRemove(uuid, out _);
    }

    private string FileOf(Guid uuid) => Path.Combine(_folder, $"{uuid:D}.json");
}

internal static partial class SyncedNetworksLog
{
    [LoggerMessage(EventId = 2110, Level = LogLevel.Warning, Message = "{File} cannot be read")]
    public static partial void Unreadable(this ILogger logger, string file, Exception exception);
}
