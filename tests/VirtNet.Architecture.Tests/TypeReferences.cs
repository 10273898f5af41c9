using System.Collections.Frozen;
using System.Reflection;
using System.Reflection.Emit;

namespace VirtNet.Architecture.Tests;

/// <summary>
/// The types that a type speaks of: in what it is made from, its members' signatures, attributes, and code. Constants are copied
/// by the compiler, so a type of which another uses nothing else goes unseen.
/// </summary>
internal static class TypeReferences
{
    private const BindingFlags Own =
        BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

    private static readonly FrozenDictionary<short, OpCode> Codes = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToFrozenDictionary(code => code.Value);

    public static IEnumerable<Type> Of(Type type) => Named(type).SelectMany(Parts).Distinct();

    private static IEnumerable<Type?> Named(Type type) =>
    [
        type.BaseType,
        .. type.GetInterfaces(),
        .. Attributes(type),
        .. type.GetGenericArguments().SelectMany(argument => argument.GetGenericParameterConstraints()),
        .. type.GetFields(Own).SelectMany(field => (Type?[])[field.FieldType, .. Attributes(field)]),
        .. type.GetProperties(Own).SelectMany(Attributes),
        .. type.GetConstructors(Own).Concat<MethodBase>(type.GetMethods(Own)).SelectMany(Named),
        .. type.TypeInitializer is { } initializer ? Named(initializer) : [],
    ];

    private static IEnumerable<Type?> Named(MethodBase method)
    {
        MethodBody? body = method.GetMethodBody();
        return
        [
            (method as MethodInfo)?.ReturnType,
            .. method.GetParameters().SelectMany(parameter => (Type[])[parameter.ParameterType, .. Attributes(parameter)]),
            .. method.IsGenericMethod ? method.GetGenericArguments().SelectMany(argument => argument.GetGenericParameterConstraints()) : [],
            .. Attributes(method),
            .. body?.LocalVariables.Select(local => local.LocalType) ?? [],
            .. body?.ExceptionHandlingClauses
                .Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause)
                .Select(clause => clause.CatchType) ?? [],
            .. Members(method, body?.GetILAsByteArray() ?? []).SelectMany(Named),
        ];
    }

    private static IEnumerable<Type?> Named(MemberInfo member) => member switch
    {
        Type type => [type],
        FieldInfo field => [field.DeclaringType, field.FieldType],
        MethodInfo { IsGenericMethod: true } method => [method.DeclaringType, method.ReturnType, .. method.GetGenericArguments()],
        MethodInfo method => [method.DeclaringType, method.ReturnType],
        _ => [member.DeclaringType],
    };

    /// <summary>What the instructions of a method name.</summary>
    private static IEnumerable<MemberInfo> Members(MethodBase method, byte[] code)
    {
        Type[] ofType = method.DeclaringType!.GetGenericArguments();
        Type[] ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (int at = 0; at < code.Length;)
        {
            short value = code[at] == 0xfe ? (short)((code[at++] << 8) | code[at++]) : code[at++];
            OperandType operand = Codes[value].OperandType;
            if (operand is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                yield return method.Module.ResolveMember(BitConverter.ToInt32(code, at), ofType, ofMethod)!;
            }

            at += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }

    private static IEnumerable<Type> Attributes(MemberInfo member) =>
        member.GetCustomAttributesData().SelectMany(Attributes);

    private static IEnumerable<Type> Attributes(ParameterInfo parameter) =>
        parameter.GetCustomAttributesData().SelectMany(Attributes);

    private static IEnumerable<Type> Attributes(CustomAttributeData attribute) =>
        [attribute.AttributeType, .. attribute.ConstructorArguments.Select(argument => argument.Value).OfType<Type>()];

    /// <summary>An array of lists of a type speaks of the list and of the type.</summary>
    private static IEnumerable<Type> Parts(Type? type)
    {
        while (type?.HasElementType == true)
        {
            type = type.GetElementType();
        }

        if (type is null || type.IsGenericParameter)
        {
            return [];
        }

        return type.IsFunctionPointer
            ? type.GetFunctionPointerParameterTypes().Append(type.GetFunctionPointerReturnType()).SelectMany(Parts)
            : type.IsConstructedGenericType
                ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition())
                : [type];
    }
}
