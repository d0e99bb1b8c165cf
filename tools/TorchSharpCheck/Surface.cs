using System.Reflection;
using System.Runtime.CompilerServices;

namespace Reproduce.TorchSharpCheck;

/// <summary>
/// What an assembly offers in TorchSharp's namespaces, a line a member: types, nullability, the names of parameters and of the
/// elements of tuples, defaults, modifiers and constraints. Two assemblies give equal lines where callers cannot tell them apart.
/// </summary>
internal static class Surface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    internal static IEnumerable<string> Of(Assembly assembly) =>
        from type in assembly.GetExportedTypes()
        where IsTorchSharp(type)
        from line in Lines(type)
        select $"{type.Namespace}.{Name(type)}: {line}";

    internal static bool IsTorchSharp(Type? type) => $"{type?.Namespace}.".StartsWith("TorchSharp.", StringComparison.Ordinal);

    private static IEnumerable<string> Lines(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), null)}").Prepend($"enum of {type.GetEnumUnderlyingType().Name}");
        }

        // Sealing is the binding's own affair; overriding what object has is everybody's.
        var kind = type.IsValueType ? "struct" : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsInterface ? "interface" : "class";
        var interfaces = type.GetInterfaces().Where(one => one.IsPublic || one.IsNestedPublic).Select(one => $"is {Text(one)}");
        var fields = type.GetFields(Declared).Select(field => $"{Static(field.IsStatic)}{(field.IsInitOnly ? "readonly " : "")}{Text(field.FieldType, Nullability.Create(field), Names(field))} {field.Name}");
        var constructors = type.GetConstructors(Declared).Select(one => $"constructor({Parameters(one)})");
        var methods = type.GetMethods(Declared).Where(method => method.GetBaseDefinition().DeclaringType != typeof(object)).Select(Method);
        return [$"{kind}{Constraints(type.GetGenericArguments())}", .. interfaces, .. fields, .. constructors, .. methods];
    }

    // The accessors of a property and the operators are methods with names of their own.
    private static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(one => one.Name))}>" : "";
        return $"{Static(method.IsStatic)}{Text(method.ReturnParameter)} {method.Name}{generic}({Parameters(method)}){Constraints(method.GetGenericArguments())}";
    }

    private static string Static(bool isStatic) => isStatic ? "static " : "";

    private static string Parameters(MethodBase method)
    {
        var extended = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        return extended + string.Join(", ", method.GetParameters().Select(parameter =>
            (parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) ? "params " : "")
            + $"{Text(parameter)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.RawDefaultValue ?? "null"}" : "")}"));
    }

    private static string Text(ParameterInfo parameter) =>
        (parameter.IsOut ? "out " : parameter.IsIn ? "in " : "") + Text(parameter.ParameterType, Nullability.Create(parameter), Names(parameter));

    private static Queue<string?> Names(ICustomAttributeProvider element) =>
        new(element.GetCustomAttributes(typeof(TupleElementNamesAttribute), false).Cast<TupleElementNamesAttribute>().SelectMany(one => one.TransformNames));

    /// <param name="type">The type.</param>
    /// <param name="nullability">Of the type; null where the position has none.</param>
    /// <param name="names">The names of tuple elements that are still to come, outer tuples before inner ones.</param>
    private static string Text(Type type, NullabilityInfo? nullability = null, Queue<string?>? names = null)
    {
        var mark = nullability?.ReadState == NullabilityState.Nullable ? "?" : "";
        if (type.IsByRef)
        {
            return $"ref {Text(type.GetElementType()!, nullability, names)}";
        }

        if (type.IsArray)
        {
            return $"{Text(type.GetElementType()!, nullability?.ElementType, names)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        }

        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (!plain.IsGenericType)
        {
            return Name(plain) + mark;
        }

        var arguments = plain.GetGenericArguments();
        var elements = arguments.Select(_ => plain.IsAssignableTo(typeof(ITuple)) && names?.TryDequeue(out var name) == true && name is not null ? $" {name}" : "").ToArray();
        var given = nullability?.GenericTypeArguments ?? [];
        return $"{Name(plain)}<{string.Join(", ", arguments.Select((one, i) => Text(one, i < given.Length ? given[i] : null, names) + elements[i]))}>{mark}";
    }

    private static string Name(Type type) => type.IsNested && !type.IsGenericParameter ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Name;

    private static string Constraints(Type[] parameters) =>
        string.Concat(parameters.Select(one => (one.GenericParameterAttributes, Unmanaged: one.CustomAttributes.Any(mark => mark.AttributeType.Name == "IsUnmanagedAttribute"), Bases: one.GetGenericParameterConstraints()) switch
        {
            (GenericParameterAttributes.None, false, []) => "",
            var (attributes, unmanaged, bases) => $" where {one.Name} : {attributes}{(unmanaged ? ", unmanaged" : "")}{string.Concat(bases.Select(one => $", {Text(one)}"))}",
        }));
}
