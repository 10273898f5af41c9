using VirtNet.Host.Claims;

namespace VirtNet.Host.Tests.Claims;

public sealed class LinkClaimsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("claims-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("[Match]\nName=*\n[Network]\nDHCP=yes\n", true)]
    [InlineData("[Match]\nName=lab*\n", true)]
    [InlineData("[Match]\nName=en* eth*\n", false)]
    [InlineData("[Match]\nName=!lab0\n", false)]
    [InlineData("[Match]\nName=*\nKind=!*\n", false)]
    [InlineData("[Match]\nName=*\nKind=!bridge tun\n", false)]
    [InlineData("[Match]\nName=*\nMACAddress=52:54:00:00:00:01\n", false)]
    [InlineData("[Match]\nName=*\n[Link]\nUnmanaged=yes\n", false)]
    [InlineData("[Network]\nDHCP=yes\n", false)]
    public void Networkd_takes_what_its_first_file_matches(string file, bool taken)
    {
        Run("systemd-networkd");
        Write("etc/systemd/network/50-all.network", file);
        Assert.Equal(taken, Of("lab0").Count == 1);
    }

    [Fact]
    public void The_file_that_comes_with_virtnet_keeps_networkd_away()
    {
        Run("systemd-networkd");
        Write("etc/systemd/network/50-all.network", "[Match]\nName=*\n");
        Write("usr/lib/systemd/network/05-virtnet.network", "[Match]\nName=virbr* vnet*\n[Link]\nUnmanaged=yes\n");
        Assert.Empty(Of("virbr0"));
        Assert.Contains("50-all.network", Assert.Single(Of("lab0")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_the_administrators_hides_the_one_of_that_name()
    {
        Run("systemd-networkd");
        Write("usr/lib/systemd/network/50-all.network", "[Match]\nName=*\n");
        Write("etc/systemd/network/50-all.network", "");
        Assert.Empty(Of("lab0"));
    }

    [Fact]
    public void Of_a_program_that_does_not_run_nothing_is_said()
    {
        Write("etc/systemd/network/50-all.network", "[Match]\nName=*\n");
        Assert.Empty(Of("lab0"));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("[keyfile]\nunmanaged-devices=interface-name:lab*;interface-name:vnet*\n", false)]
    [InlineData("[keyfile]\nunmanaged-devices=*,except:type:wifi\n", false)]
    [InlineData("[keyfile]\nunmanaged-devices=*,except:type:bridge\n", true)]
    [InlineData("[device-lab]\nmatch-device=interface-name:lab0\nmanaged=0\n", false)]
    [InlineData("[device-lab]\nmatch-device=interface-name:lab0\nmanaged=1\n", true)]
    public void NetworkManager_leaves_alone_what_it_was_told_to(string file, bool taken)
    {
        Run("NetworkManager");
        Write("etc/NetworkManager/conf.d/10-lab.conf", file);
        Assert.Equal(taken, Of("lab0").Count == 1);
    }

    [Theory]
    [InlineData("usr/lib/NetworkManager/conf.d/99-a.conf", "run/NetworkManager/conf.d/10-b.conf")]
    [InlineData("run/NetworkManager/conf.d/99-a.conf", "etc/NetworkManager/NetworkManager.conf")]
    [InlineData("etc/NetworkManager/NetworkManager.conf", "etc/NetworkManager/conf.d/10-b.conf")]
    [InlineData("etc/NetworkManager/conf.d/10-a.conf", "etc/NetworkManager/conf.d/99-b.conf")]
    public void What_NetworkManager_reads_later_counts(string earlier, string later)
    {
        const string takes = "[keyfile]\nunmanaged-devices=interface-name:vnet*\n[device-lab]\nmatch-device=interface-name:lab0\nmanaged=1\n";
        Run("NetworkManager");
        foreach (string leaves in (string[])
            ["[keyfile]\nunmanaged-devices=interface-name:lab*\n", "[device-lab]\nmatch-device=interface-name:lab0\nmanaged=0\n"])
        {
            Write(earlier, leaves);
            Write(later, takes);
            Assert.Single(Of("lab0"));
            Write(earlier, takes);
            Write(later, leaves);
            Assert.Empty(Of("lab0"));
        }
    }

    [Theory]
    [InlineData("etc/NetworkManager/conf.d", "run/NetworkManager/conf.d")]
    [InlineData("run/NetworkManager/conf.d", "usr/lib/NetworkManager/conf.d")]
    public void Of_files_of_one_name_NetworkManager_reads_the_last(string folder, string hidden)
    {
        Run("NetworkManager");
        Write(hidden + "/50-lab.conf", "[keyfile]\nunmanaged-devices=lab0\n");
        Assert.Empty(Of("lab0"));
        Write(folder + "/50-lab.conf", "");
        Assert.Single(Of("lab0"));
    }

    [Theory]
    [InlineData("[keyfile]\nunmanaged-devices+=interface-name:=lab0\n", false)]
    [InlineData("[keyfile]\nunmanaged-devices-=interface-name:virbr*\n", true)]
    [InlineData("[.config]\nenable=false\n[keyfile]\nunmanaged-devices=lab0\n", true)]
    [InlineData("[device]\nmanaged=0\n[device-lab]\nmatch-device=lab0\nmanaged=1\n", true)]
    [InlineData("[device]\nmanaged=0\n[device-lab]\nmatch-device=lab0\nstop-match=yes\n", true)]
    [InlineData("[device-all]\nmanaged=0\n[device-lab]\nmatch-device=lab0\nmanaged=1\n", false)]
    public void Lists_grow_and_shrink_and_the_first_section_that_matches_counts(string file, bool taken)
    {
        Run("NetworkManager");
        Write("usr/lib/NetworkManager/conf.d/10-list.conf", "[keyfile]\nunmanaged-devices=interface-name:virbr*\n");
        Write("etc/NetworkManager/conf.d/10-lab.conf", file);
        Assert.Equal(taken, Of("lab0").Count == 1);
    }

    private IReadOnlyList<string> Of(string bridge) => new LinkClaims(_root).Of(bridge);

    private void Run(string unit)
    {
        Directory.CreateDirectory(Path.Combine(_root, "run/systemd/units"));
        File.CreateSymbolicLink(Path.Combine(_root, $"run/systemd/units/invocation:{unit}.service"), "0123456789abcdef");
    }

    private void Write(string path, string text)
    {
        string file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
