using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;

namespace Reproduce.Fixtures.Experiments;

/// <summary>The types that code can reach from a type, and the methods that it calls, found by reading the IL of its methods.</summary>
public static class UsedTypes
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes =
        typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    private static readonly ConcurrentDictionary<Type, Type[]> Known = new();

    /// <summary>The type, and all types to which members of these types refer, as far as they belong to the given assemblies.</summary>
    /// <param name="start">The type to start from.</param>
    /// <param name="assemblies">The assemblies that are searched.</param>
    public static IReadOnlyCollection<Type> From(Type start, IReadOnlyCollection<Assembly> assemblies)
    {
        var found = new HashSet<Type>();
        var waiting = new Stack<Type>([start]);
        while (waiting.TryPop(out var type))
        {
            foreach (var part in type.IsGenericType ? type.GetGenericArguments() : [])
            {
                waiting.Push(part);
            }

            type = type.HasElementType ? type.GetElementType()! : type.IsGenericType ? type.GetGenericTypeDefinition() : type;
            if (!assemblies.Contains(type.Assembly) || !found.Add(type))
            {
                continue;
            }

            foreach (var next in Known.GetOrAdd(type, one => [.. Named(one).Distinct()]))
            {
                waiting.Push(next);
            }
        }

        return found;
    }

    /// <summary>Every method that a method or constructor of the assembly calls.</summary>
    /// <param name="assembly">Any assembly.</param>
    public static IEnumerable<MethodBase> Called(Assembly assembly) =>
        assembly.GetTypes().SelectMany(Methods).SelectMany(InBody).OfType<MethodBase>();

    private static IEnumerable<MethodBase> Methods(Type type) =>
        type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything));

    private static IEnumerable<Type> Named(Type type)
    {
        IEnumerable<Type?> inDeclarations =
        [
            type.BaseType,
            type.DeclaringType,
            .. type.GetInterfaces(),
            .. type.GetNestedTypes(Everything),
            .. type.GetFields(Everything).Select(field => field.FieldType),
        ];
        var inBodies = Methods(type).SelectMany(InBody).SelectMany(Types);
        return inDeclarations.Concat(inBodies).OfType<Type>().Where(one => !one.IsGenericParameter);
    }

    private static IEnumerable<MemberInfo> InBody(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var place = 0; place < code.Length;)
        {
            var value = code[place] == 0xFE ? BitConverter.ToInt16([code[place + 1], 0xFE]) : code[place];
            var operation = Codes[value];
            place += operation.Size;
            switch (operation.OperandType)
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    if (Member(method, BitConverter.ToInt32(code, place)) is { } named)
                    {
                        yield return named;
                    }

                    place += 4;
                    break;
                case OperandType.InlineSwitch:
                    place += 4 + (4 * BitConverter.ToInt32(code, place));
                    break;
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    place += 1;
                    break;
                case OperandType.InlineVar:
                    place += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    place += 8;
                    break;
                default:
                    place += 4;
                    break;
            }
        }
    }

    private static MemberInfo? Member(MethodBase method, int token)
    {
        var ofType = method.DeclaringType is { IsGenericType: true } declaring ? declaring.GetGenericArguments() : null;
        var ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        return method.Module.ResolveMember(token, ofType, ofMethod);
    }

    private static IEnumerable<Type> Types(MemberInfo member) => member switch
    {
        Type type => [type],
        MethodInfo { IsGenericMethod: true } called => [called.DeclaringType!, .. called.GetGenericArguments()],
        { DeclaringType: { } owner } => [owner],
        _ => [],
    };
}
