namespace LivePool.Shaders.Annotations;

/// <summary>What a parameter of a shader is, and with it how a window shows it.</summary>
public enum ShaderParameterType
{
    /// <summary><c>uniform float</c>, a slider.</summary>
    Number,

    /// <summary><c>uniform int</c>, a slider of whole numbers.</summary>
    WholeNumber,

    /// <summary><c>uniform bool</c>, a switch.</summary>
    Switch,

    /// <summary><c>uniform vec3</c> of red, green and blue from 0 to 1.</summary>
    Colour,

    /// <summary><c>uniform int</c>, the number of one of several words.</summary>
    Choice,
}

/// <summary>A value that the user of a shader can set: <c>// @param float gain 0..4 = 1 "Gain"</c>.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Name">The uniform's name.</param>
/// <param name="Default">What it is before anyone sets it; three numbers for a colour, else one.</param>
public sealed record ShaderParameter(ShaderParameterType Type, string Name, IReadOnlyList<float> Default)
{
    /// <summary>The least value of a number.</summary>
    public float Least { get; init; }

    /// <summary>The greatest value of a number.</summary>
    public float Greatest { get; init; } = 1;

    /// <summary>What people read; the name where the shader says nothing else.</summary>
    public string Label { get; init; } = Name;

    /// <summary>The words of a choice.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The line that declares it in a shader.</summary>
    public string Declaration => $"uniform {GlslType} {Name};";

    private string GlslType => Type switch
    {
        ShaderParameterType.Number => "float",
        ShaderParameterType.Switch => "bool",
        ShaderParameterType.Colour => "vec3",
        _ => "int",
    };

    /// <summary>Reads a value as people write it: a number, true or false, #rrggbb, or one of the words.</summary>
    /// <param name="text">What was written.</param>
    /// <returns>The value; null where it is none, or not within the range.</returns>
    public IReadOnlyList<float>? Read(string text) => ParameterValue.Read(this, text);

    /// <summary>A value as <see cref="Read"/> takes it.</summary>
    public string Write(IReadOnlyList<float> value) => ParameterValue.Write(this, value);

    /// <summary>What <see cref="Read"/> takes, for messages: <c>a number from 0 to 4</c>.</summary>
    public string Expected => ParameterValue.Expected(this);
}
