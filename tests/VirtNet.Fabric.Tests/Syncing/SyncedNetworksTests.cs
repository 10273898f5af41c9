using Microsoft.Extensions.Logging.Abstractions;
using VirtNet.Fabric.Syncing;
using VirtNet.Fabric.Tests.Fakes;

namespace VirtNet.Fabric.Tests.Syncing;

/// <summary>Agreements about networks on a disk that refuses at times.</summary>
public sealed class SyncedNetworksTests : IDisposable
{
    private static readonly SyncedNetwork Lab = new(TestFabric.Uuid, "lab", 1, "<network/>", "", []);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("synced-");

    private string Agreement => Path.Combine(_folder.FullName, $"{Lab.Uuid:D}.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_could_not_be_removed_is_gone_and_does_not_come_back()
    {
        SyncedNetworks networks = Read();
        networks.Save(Lab);
        byte[] written = File.ReadAllBytes(Agreement);
        File.Delete(Agreement);
        Directory.CreateDirectory(Agreement); // which is not removed as a file
        Assert.ThrowsAny<SystemException>(() => networks.Remove(Lab.Uuid));
        Assert.Null(networks.Find(Lab.Uuid));

        networks.WriteAgain();
        Assert.True(Path.Exists(Agreement));
        Directory.Delete(Agreement);
        File.WriteAllBytes(Agreement, written);
        networks.WriteAgain();
        Assert.False(Path.Exists(Agreement));
        Assert.Empty(Read().All);
    }

    [Fact]
    public void What_could_not_be_removed_can_be_agreed_on_again()
    {
        SyncedNetworks networks = Read();
        networks.Save(Lab);
        File.Delete(Agreement);
        Directory.CreateDirectory(Agreement);
        Assert.ThrowsAny<SystemException>(() => networks.Remove(Lab.Uuid));
        Directory.Delete(Agreement);
        networks.Save(Lab);
        networks.WriteAgain();
        Assert.Equal(Lab.Uuid, Assert.Single(Read().All).Uuid);
    }

    private SyncedNetworks Read() => new(_folder.FullName, NullLogger<SyncedNetworks>.Instance);
}
