using VirtNet.Rpc.Driver;
using VirtNet.Wire.Xdr;

namespace VirtNet.Rpc.Messages;

/// <summary>Named values inside messages (typed_param); an unknown type fails the whole message.</summary>
internal static class TypedParameterXdr
{
    /// <summary>An empty name, the type and a 32-bit value.</summary>
    private const int MinSize = 12;

    /// <summary>virTypedParameterType.</summary>
    private enum ParameterType
    {
        Int = 1,
        UInt = 2,
        Long = 3,
        ULong = 4,
        Double = 5,
        Boolean = 6,
        String = 7,
    }

    public static IReadOnlyList<TypedParameter> ReadTypedParameters(this ref XdrReader reader, int maxCount)
    {
        var parameters = new TypedParameter[reader.ReadCount(maxCount, MinSize)];
        for (int i = 0; i < parameters.Length; i++)
        {
            parameters[i] = new TypedParameter(reader.ReadString(RpcLimits.String), ReadValue(ref reader));
        }

        return parameters;
    }

    public static void WriteTypedParameters(
        this ref XdrWriter writer, IReadOnlyList<TypedParameter> parameters, int maxCount)
    {
        writer.WriteCount(parameters.Count, maxCount);
        foreach (TypedParameter parameter in parameters)
        {
            writer.WriteString(parameter.Name, RpcLimits.String);
            WriteValue(ref writer, parameter.Value);
        }
    }

    private static object ReadValue(ref XdrReader reader)
    {
        switch ((ParameterType)reader.ReadInt32())
        {
            case ParameterType.Int:
                return reader.ReadInt32();
            case ParameterType.UInt:
                return reader.ReadUInt32();
            case ParameterType.Long:
                return reader.ReadInt64();
            case ParameterType.ULong:
                return reader.ReadUInt64();
            case ParameterType.Double:
                return reader.ReadDouble();
            case ParameterType.Boolean:
                return reader.ReadBoolean();
            case ParameterType.String:
                return reader.ReadString(RpcLimits.String);
            default:
                reader.Fail();
                return 0;
        }
    }

    private static void WriteValue(ref XdrWriter writer, object value)
    {
        switch (value)
        {
            case int number:
                writer.WriteInt32((int)ParameterType.Int);
                writer.WriteInt32(number);
                break;
            case uint number:
                writer.WriteInt32((int)ParameterType.UInt);
                writer.WriteUInt32(number);
                break;
            case long number:
                writer.WriteInt32((int)ParameterType.Long);
                writer.WriteInt64(number);
                break;
            case ulong number:
                writer.WriteInt32((int)ParameterType.ULong);
                writer.WriteUInt64(number);
                break;
            case double number:
                writer.WriteInt32((int)ParameterType.Double);
                writer.WriteDouble(number);
                break;
            case bool flag:
                writer.WriteInt32((int)ParameterType.Boolean);
                writer.WriteBoolean(flag);
                break;
            case string text:
                writer.WriteInt32((int)ParameterType.String);
                writer.WriteString(text, RpcLimits.String);
                break;
            default:
                throw new ArgumentException($"a typed parameter cannot hold a {value.GetType().Name}", nameof(value));
        }
    }
}
