using System.Text;

namespace VirtNet.Fuzz.Engine;

/// <summary>A target that reads text: it comes as octets that need not be UTF-8, as it does from files and clients.</summary>
internal abstract class TextTarget : FuzzTarget
{
    public override IEnumerable<byte[]> Seeds => Texts.Select(Encoding.UTF8.GetBytes);

    public override IReadOnlyList<byte[]> Words => [.. Terms.Select(Encoding.UTF8.GetBytes)];

    protected abstract IEnumerable<string> Texts { get; }

    protected virtual IEnumerable<string> Terms => [];

    public sealed override void Decode(ReadOnlySpan<byte> input) => Decode(Encoding.UTF8.GetString(input));

    public sealed override void Check(ReadOnlySpan<byte> input) => Check(Encoding.UTF8.GetString(input));

    protected abstract void Decode(string text);

    protected virtual void Check(string text)
    {
    }
}
