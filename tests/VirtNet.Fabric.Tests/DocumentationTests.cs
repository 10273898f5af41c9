using System.Text.RegularExpressions;
using VirtNet.Fabric.Configuration;

namespace VirtNet.Fabric.Tests;

/// <summary>The manual page says what the program does.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Checkout(), "packaging/man/virtnet-fabricd.8")).Replace("\\-", "-", StringComparison.Ordinal);

    [Fact]
    public void Each_setting_is_described_and_each_that_is_described_is_one()
    {
        string settings = Page[Page.IndexOf(".SH SETTINGS", StringComparison.Ordinal)..];
        settings = settings[..settings.IndexOf(".SH", 5, StringComparison.Ordinal)];
        string[] names = [.. Setting().Matches(settings).Select(match => match.Groups[1].Value)];

        Assert.Equal(typeof(FabricOptions).GetProperties().Length, names.Length);
        Assert.All(names, name => Assert.DoesNotContain("unknown setting", Complaint(name), StringComparison.Ordinal));
    }

    [Fact]
    public void Each_option_and_verb_is_described()
    {
        Assert.All(Option().Matches(CommandLine.Usage), option => Assert.Contains(option.Value, Page, StringComparison.Ordinal));
        Assert.All(
            (string[])["init", "invite", "join", "leave", "list", "reflectors", "span", "status", "check"],
            verb => Assert.Matches($"(?m)^\\.BR? ?I? ?\"?fabric {verb}", Page));
    }

    private static string Complaint(string setting)
    {
        try
        {
            return string.Join('\n', FabricFile.Parse("fabric.conf", [$"{setting} = ?"]).Warnings);
        }
        catch (FabricException e)
        {
            return e.Message;
        }
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

    [GeneratedRegex(@"(?m)^\.TP\n\.B ([a-z_]+)$")]
    private static partial Regex Setting();

    [GeneratedRegex("--[a-z-]+")]
    private static partial Regex Option();
}
