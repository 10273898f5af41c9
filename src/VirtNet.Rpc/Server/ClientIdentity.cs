using VirtNet.Model;
using VirtNet.Rpc.Driver;

namespace VirtNet.Rpc.Server;

/// <summary>The parameters of CONNECT_SET_IDENTITY: names and types are libvirt's ABI.</summary>
internal static class ClientIdentity
{
    private static readonly Dictionary<string, Type> Types = new()
    {
        ["user-name"] = typeof(string),
        ["unix-user-id"] = typeof(ulong),
        ["group-name"] = typeof(string),
        ["unix-group-id"] = typeof(ulong),
        ["process-id"] = typeof(long),
        ["process-time"] = typeof(ulong),
        ["sasl-user-name"] = typeof(string),
        ["x509-distinguished-name"] = typeof(string),
        ["selinux-context"] = typeof(string),
        ["system.token"] = typeof(string),
    };

    /// <exception cref="VirtNetException">An unknown parameter, one of another type, or one that comes twice.</exception>
    public static IReadOnlyList<TypedParameter> Check(IReadOnlyList<TypedParameter> parameters)
    {
        HashSet<string> seen = [];
        foreach (TypedParameter parameter in parameters)
        {
            if (!Types.TryGetValue(parameter.Name, out Type? type))
            {
                throw ServerErrors.UnknownParameter(parameter.Name);
            }

            if (parameter.Value.GetType() != type)
            {
                throw ServerErrors.ParameterType(parameter.Name, TypeName(parameter.Value.GetType()), TypeName(type));
            }

            if (!seen.Add(parameter.Name))
            {
                throw ServerErrors.RepeatedParameter(parameter.Name);
            }
        }

        return parameters;
    }

    /// <summary>libvirt's words for the types of parameters.</summary>
    private static string TypeName(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Int32 => "int",
        TypeCode.UInt32 => "uint",
        TypeCode.Int64 => "llong",
        TypeCode.UInt64 => "ullong",
        TypeCode.Double => "double",
        TypeCode.Boolean => "boolean",
        _ => "string",
    };
}
