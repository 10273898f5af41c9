using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Arguments of CONNECT_OPEN (1).</summary>
/// <param name="Name">The URI without transport and client-side parameters.</param>
/// <param name="Flags">Bit 0: read-only.</param>
internal sealed record OpenArguments(string? Name, uint Flags) : IXdrMessage<OpenArguments>
{
    public const uint ReadOnlyFlag = 1;

    public static OpenArguments Read(ref XdrReader reader) => new(
        Name: reader.ReadOptionalString(RpcLimits.String),
        Flags: reader.ReadUInt32());

    public void Write(ref XdrWriter writer)
    {
        writer.WriteOptionalString(Name, RpcLimits.String);
        writer.WriteUInt32(Flags);
    }
}

/// <summary>Result of AUTH_LIST (66): the ways to authenticate, best first.</summary>
internal sealed record AuthListResult(IReadOnlyList<AuthType> Types) : IXdrMessage<AuthListResult>
{
    public static AuthListResult Read(ref XdrReader reader)
    {
        var types = new AuthType[reader.ReadCount(RpcLimits.AuthTypes, minElementSize: sizeof(int))];
        for (int i = 0; i < types.Length; i++)
        {
            types[i] = (AuthType)reader.ReadInt32();
        }

        return new AuthListResult(types);
    }

    public void Write(ref XdrWriter writer)
    {
        writer.WriteCount(Types.Count, RpcLimits.AuthTypes);
        foreach (AuthType type in Types)
        {
            writer.WriteInt32((int)type);
        }
    }
}

/// <summary>remote_auth_type.</summary>
internal enum AuthType
{
    None = 0,
    Sasl = 1,
    Polkit = 2,
}

/// <summary>Arguments of CONNECT_SET_IDENTITY (419): on whose behalf another daemon calls.</summary>
internal sealed record SetIdentityArguments(IReadOnlyList<TypedParameter> Parameters, uint Flags)
    : IXdrMessage<SetIdentityArguments>
{
    public static SetIdentityArguments Read(ref XdrReader reader) => new(
        Parameters: reader.ReadTypedParameters(RpcLimits.IdentityParameters),
        Flags: reader.ReadUInt32());

    public void Write(ref XdrWriter writer)
    {
        writer.WriteTypedParameters(Parameters, RpcLimits.IdentityParameters);
        writer.WriteUInt32(Flags);
    }
}
