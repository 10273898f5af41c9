using VirtNet.Model;
using VirtNet.Rpc.Protocol;

namespace VirtNet.Rpc.Tests.Protocol;

/// <summary>The further fields of an error, as libvirt 11.3 was seen to send them.</summary>
public sealed class RemoteErrorTests
{
    private const int MaxText = 200;

    public static TheoryData<VirtNetException, string, string?> Errors => new()
    {
        { VirtNetException.NoNetworkWithName("a"), "Network not found: %1$s", "no network with matching name 'a'" },
        { VirtNetException.Internal("x"), "internal error: %1$s", "x" },
        { VirtNetException.XmlDetail("at line 1: no"), "%s", "at line 1: no" },
        { new VirtNetException(VirErrorCode.NoName, "missing name information"), "missing name information", null },
        {
            VirtNetException.PortExists(Guid.Empty),
            "network port %1$s exists already",
            "Network port with UUID 00000000-0000-0000-0000-000000000000 already exists"
        },
        { new VirtNetException(VirErrorCode.Rpc, "unknown procedure: 0"), "%s", "unknown procedure: 0" },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void The_text_is_also_sent_in_pieces(VirtNetException exception, string format, string? detail)
    {
        RemoteError error = RemoteError.From(exception, MaxText);
        Assert.Equal(exception.Message, error.Message);
        Assert.Equal((format, detail, -1, -1), (error.Str1, error.Str2, error.Int1, error.Int2));
    }

    [Fact]
    public void A_refused_argument_is_named_with_its_function()
    {
        RemoteError error = RemoteError.From(
            VirtNetException.UnsupportedFlags(4, "networkUpdate"), MaxText);
        Assert.Equal(("networkUpdate", "flags", 0, 0), (error.Str1, error.Str2, error.Int1, error.Int2));
    }

    [Fact]
    public void A_system_error_carries_its_number()
    {
        RemoteError error = RemoteError.From(VirtNetException.System("cannot open", 2, "No such file or directory"), MaxText);
        Assert.Equal(("%s", "cannot open: No such file or directory", 2, -1), (error.Str1, error.Str2, error.Int1, error.Int2));
    }

    [Fact]
    public void Long_texts_are_cut()
    {
        RemoteError error = RemoteError.From(VirtNetException.NoNetworkWithName(new string('n', 1000)), MaxText);
        Assert.Equal((MaxText, MaxText), (error.Message?.Length, error.Str2?.Length));
    }
}
