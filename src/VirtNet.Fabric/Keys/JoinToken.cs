using System.Buffers.Text;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using VirtNet.Fabric.Configuration;

namespace VirtNet.Fabric.Keys;

/// <summary>
/// All that a host needs to join, as one word: it holds the host's key, so whoever has it is that host. Good until the host with that
/// name has joined, as members' names are taken once.
/// </summary>
internal sealed record JoinToken(string Name, string Address, string Endpoints, HostKeys Keys)
{
    private const int MaxLength = 1 << 16;

    public string Format()
    {
        using MemoryStream packed = new();
        using (BrotliStream packing = new(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            JsonSerializer.Serialize(packing, this, TokenJson.Default.JoinToken);
        }

        return Base64Url.EncodeToString(packed.ToArray());
    }

    /// <exception cref="FabricException">It is none.</exception>
    public static JoinToken Parse(string text)
    {
        try
        {
            using BrotliStream unpacking = new(new MemoryStream(Base64Url.DecodeFromChars(text.Trim())), CompressionMode.Decompress);
            byte[] plain = new byte[MaxLength];
            int length = unpacking.ReadAtLeast(plain, MaxLength, throwOnEndOfStream: false);
            return JsonSerializer.Deserialize(plain.AsSpan(0, length), TokenJson.Default.JoinToken) is
                { Keys: not null, Name: not null, Address: not null, Endpoints: not null } token
                ? token
                : throw new FabricException("this is no token: virtnet fabric invite prints one");
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or InvalidOperationException or JsonException)
        {
            throw new FabricException("this is no token, or not all of it: virtnet fabric invite prints one", e);
        }
    }

    /// <summary>A record prints its properties, and one of these is a secret.</summary>
    public override string ToString() => $"{nameof(JoinToken)} of {Name}";
}

[JsonSerializable(typeof(JoinToken))]
internal sealed partial class TokenJson : JsonSerializerContext;
