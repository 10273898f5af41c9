using VirtNet.Fuzz.Engine;
using VirtNet.Model.Ports;

namespace VirtNet.Fuzz.Model;

/// <summary>The file of guests' MAC addresses, which other programs write too.</summary>
internal sealed class MacMapTarget : TextTarget
{
    public override string Name => "mac-map";

    protected override IEnumerable<string> Texts =>
    [
        """[{"domain":"guest","macs":["52:54:00:00:00:01","52:54:00:00:00:02"]},{"domain":"ä\"","macs":[]}]""",
        "[]",
    ];

    protected override IEnumerable<string> Terms => ["\"domain\":", "\"macs\":", "[", "]", "{", "}", "null", "1", "\"", "\\ud800", ",", "52:54:00:00:00:01"];

    public override long AllocationBound(int length) => 32 * 1024 + (200 * length);

    protected override void Decode(string text) => Read(text);

    protected override void Check(string text)
    {
        if (Read(text) is { } map)
        {
            Require.Equal(map, Read(MacMapJson.Format(map)), "a map reads as it was written");
        }
    }

    private static MacMap? Read(string text)
    {
        try
        {
            return MacMapJson.Parse(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
