using System.Globalization;
using VirtNet.Model;

namespace VirtNet.Services.Dnsmasq.Reading;

/// <summary>Collects the lines about TFTP.</summary>
internal sealed class TftpLines(string? bridge)
{
    /// <summary>Null = no line says one.</summary>
    public string? Root { get; private set; }

    public bool IsEnabled { get; private set; }

    /// <summary>A root that is not there (yet) is no reason not to serve the rest.</summary>
    public bool MayBeMissing { get; private set; }

    /// <summary>How files are served.</summary>
    public TftpRules Rules { get; private set; } = new();

    /// <summary>Lines that count, but for a part of them.</summary>
    public ValueList<NamedLine> HonouredInPart { get; private set; } = [];

    /// <summary>Null for a line about something else.</summary>
    public LineVerdict? Take(ConfLine line) => line.Option switch
    {
        "enable-tftp" => TakeEnable(line.Value),
        "tftp-root" => TakeRoot(line.Value ?? ""),
        "tftp-no-fail" => Set(() => MayBeMissing = true),
        "tftp-no-blocksize" => Set(() => Rules = Rules with { RefusesBlockSize = true }),
        "tftp-secure" => Set(() => HonouredInPart = [new NamedLine(line.Text.Trim(), "a file is served if everybody may read it, whoever owns it")]),
        "tftp-lowercase" => Set(() => Rules = Rules with { LowersNames = true }),
        "tftp-mtu" => int.TryParse(line.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int mtu)
            ? Set(() => Rules = Rules with { Mtu = mtu }) : LineVerdict.Malformed,
        "tftp-unique-root" => TakeUniqueRoot(line.Value),
        _ => null,
    };

    private static LineVerdict Set(Action set)
    {
        set();
        return LineVerdict.Honoured;
    }

    private LineVerdict TakeEnable(string? interfaces)
    {
        bool isHere = interfaces is null || Words.Split(interfaces).Contains(bridge);
        IsEnabled |= isHere;
        return isHere ? LineVerdict.Honoured : LineVerdict.WithoutEffect;
    }

    private LineVerdict TakeUniqueRoot(string? value) => value?.ToLowerInvariant() switch
    {
        null or "ip" => Set(() => Rules = Rules with { HasFolderForEach = true }),
        "mac" => LineVerdict.Unsupported,
        _ => LineVerdict.Malformed,
    };

    private LineVerdict TakeRoot(string value)
    {
        (string root, string? device) = Words.Cut(value);
        if (device is not null && device != bridge)
        {
            return LineVerdict.WithoutEffect;
        }

        Root = HiddenText.Reveal(root);
        return Root.Length > 0 ? LineVerdict.Honoured : LineVerdict.Malformed;
    }
}
