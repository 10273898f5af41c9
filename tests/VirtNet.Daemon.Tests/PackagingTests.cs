using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CliWrap;
using CliWrap.Buffered;
using VirtNet.Host.Bus;
using VirtNet.Host.Firewalld;

namespace VirtNet.Daemon.Tests;

/// <summary>What is installed beside the programs says what they do, and no more.</summary>
public sealed partial class PackagingTests : IDisposable
{
    private const string Firewalld = "org.fedoraproject.FirewallD1";

    private readonly string _folder = Directory.CreateTempSubdirectory("units-").FullName;

    private static string Packaging { get; } = Path.Combine(Checkout(), "packaging");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_bus_lets_the_daemons_user_say_to_firewalld_exactly_what_the_daemon_says()
    {
        XElement policy = XDocument.Load(Path.Combine(Packaging, "dbus", "virtnet.conf")).Root!.Elements("policy").Single();
        IEnumerable<BusMethod> said = typeof(BusFirewalld).Assembly.GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public))
            .Where(field => field.FieldType == typeof(BusMethod))
            .Select(field => (BusMethod)field.GetValue(null)!)
            .Where(method => method.Service == Firewalld);

        Assert.Equal("virtnet", (string?)policy.Attribute("user"));
        Assert.Equal($"<deny send_destination=\"{Firewalld}\" />", policy.Elements().First().ToString());
        Assert.Equal(
            said.Select(method => $"{method.Interface}.{method.Name}").Order(),
            policy.Elements("allow").Select(allow => $"{(string?)allow.Attribute("send_interface")}.{(string?)allow.Attribute("send_member")}").Order());
    }

    [Fact]
    public void The_daemons_user_may_ask_polkit_about_both_actions()
    {
        XElement[] actions = [.. XDocument.Load(Path.Combine(Packaging, "polkit", "org.virtnet.unix.policy")).Root!.Elements("action")];

        Assert.Equal(["org.virtnet.unix.monitor", "org.virtnet.unix.manage"], actions.Select(action => (string?)action.Attribute("id")));
        Assert.All(actions, action => Assert.Equal(
            "unix-user:virtnet",
            action.Elements("annotate").Single(note => (string?)note.Attribute("key") == "org.freedesktop.policykit.owner").Value));
    }

    [Fact]
    public async Task The_units_are_sound_and_leave_little_open()
    {
        foreach (string program in (string[])["usr/sbin/virtnetd", "bin/kill"])
        {
            string file = Path.Combine(_folder, program);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, "#!/bin/sh\n", TestContext.Current.CancellationToken);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        string units = Directory.CreateDirectory(Path.Combine(_folder, "etc/systemd/system")).FullName;
        foreach (string unit in Directory.EnumerateFiles(Path.Combine(Packaging, "systemd")))
        {
            File.Copy(unit, Path.Combine(units, Path.GetFileName(unit)));
        }

        string service = Path.Combine(units, "virtnetd.service");
        string complaints = await AnalyzeAsync("verify", "--man=no", "--recursive-errors=no", $"--root={_folder}", "virtnetd.service");
        Assert.DoesNotContain("virtnetd", complaints, StringComparison.Ordinal);

        string security = await AnalyzeAsync("security", "--offline=yes", "--no-pager", service);
        double exposure = double.Parse(
            Exposure().Match(security).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(exposure, 0, 2.0);

        // Of what stays open the unit says why.
        string text = await File.ReadAllTextAsync(service, TestContext.Current.CancellationToken);
        Assert.All(
            OpenSetting().Matches(security),
            open => Assert.Matches($"(?m)^# .*\\b{open.Groups[1].Value}\\b", text));
    }

    private static async Task<string> AnalyzeAsync(params string[] arguments)
    {
        BufferedCommandResult result = await Cli.Wrap("systemd-analyze")
            .WithArguments(arguments)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        return result.StandardOutput + result.StandardError;
    }

    private static string Checkout()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "VirtNet.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("the tests do not run inside a checkout");
    }

    [GeneratedRegex(@"Overall exposure level for \S+: ([0-9.]+)")]
    private static partial Regex Exposure();

    [GeneratedRegex("(?m)^✗ (?:User=)?([A-Za-z]+)=")]
    private static partial Regex OpenSetting();
}
