using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;

namespace LivePool.Shaders;

/// <summary>
/// Writes the GLSL uniform block of a blittable struct of ints and floats, so that the struct is the only declaration.
/// In std140 such members stand 4 bytes apart, as in the struct.
/// </summary>
public static class ParameterBlock
{
    private const string Indent = "    ";

    /// <summary>The block's text; member names are the fields' in camelCase, in the fields' order.</summary>
    /// <typeparam name="T">A struct whose fields are all public <see cref="int"/> or <see cref="float"/>.</typeparam>
    /// <param name="name">The block's name.</param>
    /// <param name="binding">The uniform buffer binding; null leaves it out, for GLSL below 4.20.</param>
    public static string Declare<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>(
        string name = "Parameters", int? binding = 0)
        where T : unmanaged
    {
        var text = new StringBuilder();
        text.Append(binding is null ? "layout(std140)" : $"layout(std140, binding = {binding})");
        text.Append($" uniform {name}\n{{\n");
        foreach (FieldInfo field in typeof(T).GetFields(BindingFlags.Public | BindingFlags.Instance))
            text.Append($"{Indent}{TypeOf(field)} {MemberName(field.Name)};\n");
        return text.Append("};\n").ToString();
    }

    /// <summary>A field's name as a block member.</summary>
    public static string MemberName(string field) => char.ToLowerInvariant(field[0]) + field[1..];

    private static string TypeOf(FieldInfo field) =>
        field.FieldType == typeof(int) ? "int"
        : field.FieldType == typeof(float) ? "float"
        : throw new ArgumentException($"{field.DeclaringType}.{field.Name} is a {field.FieldType.Name}; only int and float can be in a parameter block");
}
