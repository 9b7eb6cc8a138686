using System.Reflection;

namespace LivePool.Windowing.Tests;

/// <summary>Writes an assembly's public types and members the way SilkApi.txt does.</summary>
internal static class PublicApi
{
    private static readonly NullabilityInfoContext _nullability = new();

    private static readonly Dictionary<Type, string> _keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(nint)] = "nint",
        [typeof(long)] = "long",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    /// <summary>Each line is a type's head, or the type's name and a member.</summary>
    public static IEnumerable<string> Describe(Assembly assembly) =>
        from type in assembly.GetExportedTypes()
        from line in Members(type).Select(member => $"{type.FullName}: {member}").Prepend(Head(type))
        select line;

    /// <summary>The same lines from the table's text.</summary>
    public static IEnumerable<string> Read(string table)
    {
        string name = "";
        bool isEnum = false;
        foreach (string line in table.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line[0] != ' ')
            {
                isEnum = line.Contains("enum ", StringComparison.Ordinal);
                name = line.Split(' ').First(word => word.StartsWith("Silk.", StringComparison.Ordinal));
                yield return line;
                continue;
            }

            string[] members = isEnum ? line.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [line.Trim()];
            foreach (string member in members)
                yield return $"{name}: {member}";
        }
    }

    private static string Head(Type type)
    {
        string kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            _ => "class",
        };
        string flags = type.IsEnum && type.IsDefined(typeof(FlagsAttribute)) ? "[Flags] " : "";
        Type[] all = type.IsEnum ? [] : type.GetInterfaces();
        var own = all.Except(all.SelectMany(one => one.GetInterfaces())).Select(one => one.Name).Order().ToArray();
        return $"{flags}{kind} {type.FullName}" + (own.Length > 0 ? $" : {string.Join(", ", own)}" : "");
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
            return Enum.GetNames(type).Select(name => $"{name}={Convert.ToInt64(Enum.Parse(type, name))}");

        const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
            | BindingFlags.Static | BindingFlags.DeclaredOnly;
        return type.GetMembers(Declared).Select(Member).OfType<string>();
    }

    private static string? Member(MemberInfo member) => member switch
    {
        Type nested => nested.IsNestedPublic || nested.IsNestedFamily ? $"type {nested.Name}" : null,
        FieldInfo field => IsSeen(field) ? $"field {Name(_nullability.Create(field))} {field.Name}" : null,
        EventInfo happening => IsSeen(happening.AddMethod)
            ? $"event {Name(_nullability.Create(happening))} {happening.Name}"
            : null,
        PropertyInfo property => Property(property),
        ConstructorInfo constructor => IsSeen(constructor) ? $"new({Parameters(constructor)})" : null,
        MethodInfo method => IsSeen(method) && !IsAccessor(method) ? Method(method) : null,
        _ => member.Name,
    };

    private static bool IsSeen(MethodBase? method) => method is { IsPublic: true } or { IsFamily: true };

    private static bool IsSeen(FieldInfo field) => field.IsPublic || field.IsFamily;

    private static bool IsAccessor(MethodInfo method) =>
        method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static string? Property(PropertyInfo property)
    {
        MethodInfo?[] accessors = [property.GetMethod, property.SetMethod];
        if (!accessors.Any(IsSeen))
            return null;
        string prefix = accessors.Any(accessor => accessor is { IsStatic: true }) ? "static " : "";
        string get = IsSeen(property.GetMethod) ? " get;" : "";
        string set = IsSeen(property.SetMethod) ? " set;" : "";
        return $"{prefix}{Name(_nullability.Create(property))} {property.Name} {{{get}{set} }}";
    }

    private static string Method(MethodInfo method)
    {
        bool isOverride = method.GetBaseDefinition().DeclaringType != method.DeclaringType;
        string prefix = method.IsStatic ? "static " : isOverride ? "override " : "";
        bool isExtension = method.IsDefined(typeof(System.Runtime.CompilerServices.ExtensionAttribute));
        string generic = method.IsGenericMethod
            ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>"
            : "";
        return $"{prefix}{Name(_nullability.Create(method.ReturnParameter))} {method.Name}{generic}"
            + $"({(isExtension ? "this " : "")}{Parameters(method)})";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
    {
        string prefix = parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        string value = parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "null"}" : "";
        return $"{prefix}{Name(_nullability.Create(parameter))} {parameter.Name}{value}";
    }));

    private static string Name(NullabilityInfo info)
    {
        Type type = info.Type;
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Name(underlying, info.GenericTypeArguments) + "?";
        string name = info.ElementType is { } element ? Name(element) + "[]" : Name(type, info.GenericTypeArguments);
        return !type.IsValueType && info.ReadState == NullabilityState.Nullable ? name + "?" : name;
    }

    private static string Name(Type type, NullabilityInfo[] arguments)
    {
        if (_keywords.TryGetValue(type, out string? keyword))
            return keyword;
        return type.IsGenericType
            ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", arguments.Select(Name))}>"
            : type.Name;
    }
}
