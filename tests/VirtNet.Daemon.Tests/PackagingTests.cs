using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CliWrap;
using CliWrap.Buffered;
using VirtNet.Daemon.Configuration;
using VirtNet.Host.Bus;
using VirtNet.Host.Firewalld;

namespace VirtNet.Daemon.Tests;

/// <summary>What is installed beside the programs says what they do, and no more.</summary>
public sealed partial class PackagingTests : IDisposable
{
    private const string Firewalld = "org.fedoraproject.FirewallD1";

    private readonly string _folder = Directory.CreateTempSubdirectory("units-").FullName;

    internal static string Packaging { get; } = Path.Combine(Checkout(), "packaging");

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

    [Fact]
    public void All_that_is_there_to_be_installed_is_on_the_list_once()
    {
        string[][] list = [.. File.ReadLines(Path.Combine(Packaging, "files"))
            .Where(line => !line.StartsWith('#')).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        List<string> folders = ["packaging", "networks", "schemas"];
        IEnumerable<string> there = folders
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Checkout(), folder), "*", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Checkout(), file))
            .Where(file => file is not "packaging/files" and not "packaging/prepare.sh" && !file.StartsWith("packaging/debian/", StringComparison.Ordinal));

        Assert.Equal(
            there.Concat(["programs/virtnet", "programs/virtnetd", "programs/virtnet-fabricd"]).Order(StringComparer.Ordinal),
            list.Select(line => line[1]).Order(StringComparer.Ordinal));
        Assert.Distinct(list.Select(line => line[2]));
        Assert.All(list, line =>
        {
            Assert.Equal(4, line.Length);
            Assert.Equal(line[1].StartsWith("programs/", StringComparison.Ordinal) ? "755" : "644", line[0]);
            Assert.StartsWith("/", line[2], StringComparison.Ordinal);
            Assert.True(line[3] is "virtnet" or "virtnetd" or "virtnet-fabric");
        });
    }

    [Fact]
    public void Each_setting_is_in_the_manual_and_in_the_shipped_file()
    {
        string[] settings = [.. ManualSetting().Matches(File.ReadAllText(Path.Combine(Packaging, "man", "virtnetd.conf.5")))
            .Select(match => match.Groups[1].Value)];
        string[] shipped = [.. ShippedSetting().Matches(File.ReadAllText(Path.Combine(Packaging, "virtnetd.conf")))
            .Select(match => match.Groups[1].Value)];

        Assert.Equal(typeof(DaemonOptions).GetProperties().Length, settings.Length);
        Assert.Equal(shipped.Order(), settings.Order());
        Assert.All(settings, setting => Assert.DoesNotContain("unknown setting", Complaint(setting), StringComparison.Ordinal));

        static string Complaint(string setting)
        {
            try
            {
                return string.Join('\n', ConfigurationFile.Parse("virtnetd.conf", [$"{setting} = ?"]).Warnings);
            }
            catch (ConfigurationException e)
            {
                return e.Message;
            }
        }
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

    [GeneratedRegex(@"(?m)^\.TP\n\.B ([a-z_]+)$")]
    private static partial Regex ManualSetting();

    [GeneratedRegex("(?m)^#([a-z_]+) = ")]
    private static partial Regex ShippedSetting();

    [GeneratedRegex("(?m)^✗ (?:User=)?([A-Za-z]+)=")]
    private static partial Regex OpenSetting();
}
