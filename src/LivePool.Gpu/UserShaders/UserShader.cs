using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using LivePool.Core;
using LivePool.Core.Operators;
using LivePool.Core.Pipelines;
using LivePool.Core.Tensors;
using LivePool.Shaders;
using LivePool.Shaders.Annotations;

namespace LivePool.Gpu.UserShaders;

/// <summary>
/// A shader of the user's with the values of its parameters. A stage names one that claims to be its operator, and the
/// built-in kernel's place is taken; a <see cref="FreeStage"/> names one that claims nothing.
/// </summary>
public sealed partial class UserShader : StageShader
{
    /// <summary>Where a free stage finds the output of the run before.</summary>
    internal const int PreviousBinding = 2;

    private const float MostOfByte = 255;

    // What declares a parameter is not of the user's text, so that the driver would name no line of it.
    private static readonly HashSet<string> _words = new(
        ("DEBUG LOCAL_X LOCAL_Y groupOffset main void bool int uint float double vec2 vec3 vec4 ivec2 ivec3 ivec4 uvec2 uvec3 uvec4 bvec2 bvec3 bvec4 " +
        "mat2 mat3 mat4 in out inout uniform buffer shared const if else for while do return break continue discard switch case default struct layout " +
        "precision highp mediump lowp flat smooth invariant precise readonly writeonly restrict coherent volatile true false").Split(' '), StringComparer.Ordinal);

    private static readonly Regex _moment = new(
        $@"\b(?:{string.Join('|', ((string[])
        [
            nameof(FreeParameters.Time), nameof(FreeParameters.Frame), nameof(FreeParameters.MouseX), nameof(FreeParameters.MouseY), nameof(FreeParameters.MouseDown),
        ]).Select(ParameterBlock.MemberName))})\b");

    // The buffer's declaration, and the name of its elements.
    private static readonly Regex _previous = new($@"\bbinding\s*=\s*{PreviousBinding}\s*[,)][^{{}};]*\{{[^{{}}]*?(\w+)\s*\[\s*\]\s*;");

    private readonly ShaderSource _source;
    private readonly ImmutableDictionary<string, IReadOnlyList<float>> _values;

    private UserShader(
        ShaderFolder folder, string fullPath, ShaderSource source, ShaderAnnotations annotations, ImmutableDictionary<string, IReadOnlyList<float>> values)
    {
        (Folder, FullPath) = (folder, fullPath);
        _source = source;
        Annotations = annotations;
        _values = values;
        UsesDebug = DebugCall().IsMatch(source.Text);
        string code = Comment().Replace(source.Text, "");
        HasMoment = _moment.IsMatch(code);
        // A driver calls a declared buffer used, whatever is done with it: only where its element surely stands nowhere else it is not.
        MayReadPrevious = code.Contains("##", StringComparison.Ordinal) || _previous.Match(code) is not { Success: true, Groups: [_, { Value: var element }] }
            || Regex.Count(code, $@"\b{element}\b") > 1;
    }

    /// <inheritdoc/>
    public override string FullPath { get; }

    /// <inheritdoc/>
    public override string Name => _source.Path;

    /// <summary>Where it was loaded from; one that remembers its files gives the same text again, whatever becomes of them.</summary>
    public ShaderFolder Folder { get; }

    /// <summary>The file and all that it includes, as they were read.</summary>
    public IReadOnlyList<ShaderFile> Files => _source.Files;

    /// <summary>What it says of itself.</summary>
    public ShaderAnnotations Annotations { get; }

    /// <inheritdoc/>
    public override string? Claim => Annotations.Operator;

    /// <inheritdoc/>
    public override int? InputChannels => Annotations.InputChannels;

    /// <summary>Whether <c>DEBUG(value)</c> stands in its text.</summary>
    public bool UsesDebug { get; }

    /// <summary>Whether its text has the time, the frame or the mouse.</summary>
    public bool HasMoment { get; }

    /// <summary>Whether it may read the output before, if it has a buffer at binding 2.</summary>
    public bool MayReadPrevious { get; }

    /// <summary>Reads a shader's text and annotations; the driver has not seen it yet.</summary>
    /// <param name="shaders">Where what it includes is looked for, after the folder it is in.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="LivePoolException">It cannot be read, or an include or an annotation is wrong.</exception>
    public static UserShader Load(ShaderFolder shaders, string path)
    {
        string full = Path.GetFullPath(path);
        // The folder would look for it among its own.
        if (!File.Exists(full))
            RegularFile.Open(path, ShaderFolder.MaximumFileBytes).Dispose();
        ShaderSource source = shaders.Load(full, "430 core", "");
        var annotations = ShaderAnnotations.Parse(source);
        RefuseKnownNames(source, annotations);
        return new UserShader(shaders, full, source, annotations,
            annotations.Parameters.ToImmutableDictionary(parameter => parameter.Name, parameter => parameter.Default));
    }

    /// <summary>A parameter's value.</summary>
    public IReadOnlyList<float> this[ShaderParameter parameter] => _values[parameter.Name];

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, string Value)> Settings =>
        [.. Annotations.Parameters.Where(parameter => !this[parameter].SequenceEqual(parameter.Default))
            .Select(parameter => (parameter.Name, parameter.Write(this[parameter])))];

    /// <inheritdoc/>
    public override IReadOnlyList<StageShaderParameter> Parameters => [.. Annotations.Parameters.SelectMany(Numbers)];

    /// <inheritdoc/>
    public override StageShader WithValue(string name, string value)
    {
        ShaderParameter parameter = Annotations.Parameters.FirstOrDefault(known => known.Name == name)
            ?? throw new LivePoolException($"{Name} has no parameter {name}; " + (Annotations.Parameters.Count == 0
                ? "it declares none; write // @param float " + name + " 0..1"
                : $"it has {string.Join(", ", Annotations.Parameters.Select(known => known.Name))}"));
        return With(parameter, parameter.Read(value) ?? throw new LivePoolException($"{name} is '{value}'; it must be {parameter.Expected}"));
    }

    /// <summary>The same shader with the values of an earlier version of it, where they still fit.</summary>
    public UserShader WithValuesOf(UserShader earlier)
    {
        UserShader result = this;
        foreach (ShaderParameter parameter in Annotations.Parameters)
        {
            ShaderParameter? known = earlier.Annotations.Parameters.FirstOrDefault(other => other.Name == parameter.Name);
            if (known is not null && known.Type == parameter.Type && known.Choices.SequenceEqual(parameter.Choices)
                && !earlier[known].SequenceEqual(known.Default)
                && (known.Type is not (ShaderParameterType.Number or ShaderParameterType.WholeNumber)
                    || (earlier[known][0] >= parameter.Least && earlier[known][0] <= parameter.Greatest)))
            {
                result = result.With(parameter, earlier[known]);
            }
        }
        return result;
    }

    /// <summary>Whether two differ in values alone, so that one program runs both.</summary>
    public bool HasTextOf(UserShader other) => ReferenceEquals(_source, other._source);

    /// <inheritdoc/>
    public override TensorShape OutputShape(TensorShape input)
    {
        input.Validated();
        if (input.N != 1 || (InputChannels is { } channels && input.C != channels))
        {
            throw new LivePoolException($"{Name} takes {(input.N != 1 ? "one picture" : $"{InputChannels} channels")}, but the input is {input}; " +
                (input.N != 1 ? "give it one" : "write another // @input, or none, to take each plane by itself"));
        }
        (int width, int height) = Annotations.Size.Of(input.W, input.H);
        return new TensorShape(1, input.C, height, width).Validated();
    }

    /// <summary>What the shader finds declared: its parameters, and <c>DEBUG</c>.</summary>
    internal string Prelude(bool isDebugged)
    {
        var text = new StringBuilder(isDebugged ? DebugBuffer.Declaration : "#define DEBUG(value)\n");
        foreach (ShaderParameter parameter in Annotations.Parameters)
            text.Append(parameter.Declaration).Append('\n');
        return text.ToString();
    }

    /// <summary>Refuses parameters that are named as what the driver finds declared already, which it would tell without a line.</summary>
    private static void RefuseKnownNames(ShaderSource source, ShaderAnnotations annotations)
    {
        string block = annotations.Operator is { } claimed && OperatorShader.Names.Contains(claimed)
            ? OperatorShader.Of(claimed).Block : ParameterBlock.Declare<FreeParameters>();
        foreach (ShaderParameter parameter in annotations.Parameters)
        {
            if (!Regex.IsMatch(block, $@"\b{parameter.Name}\b") && !_words.Contains(parameter.Name))
                continue;
            int line = source.Text.Split('\n').ToList().FindIndex(text => Regex.IsMatch(text, $@"//\s*@param\s+\w+\s+{parameter.Name}\b"));
            throw new LivePoolException($"{source.Places[line]}: @param {parameter.Name}: GLSL or LivePool has that name already; choose another");
        }
    }

    private UserShader With(ShaderParameter parameter, IReadOnlyList<float> value) =>
        new(Folder, FullPath, _source, Annotations, _values.SetItem(parameter.Name, value));

    private IEnumerable<StageShaderParameter> Numbers(ShaderParameter parameter)
    {
        float value = this[parameter][0];
        return parameter.Type switch
        {
            ShaderParameterType.Switch => [new(parameter.Label, ParameterKind.Switch, value, 0, 1, [], given => With(parameter, [given >= 0.5 ? 1 : 0]))],
            ShaderParameterType.Choice =>
                [new(parameter.Label, ParameterKind.Choice, value, 0, parameter.Choices.Count - 1, parameter.Choices, given => With(parameter, [(float)Math.Round(Math.Clamp(given, 0, parameter.Choices.Count - 1))]))],
            ShaderParameterType.WholeNumber =>
                [new(parameter.Label, ParameterKind.Whole, value, parameter.Least, parameter.Greatest, [], given => With(parameter, [MathF.Round(Within(given))]))],
            ShaderParameterType.Colour => ((string[])["red", "green", "blue"]).Select((name, i) => new StageShaderParameter(
                $"{parameter.Label} ({name})", ParameterKind.Whole, Math.Round(MostOfByte * this[parameter][i]), 0, MostOfByte, [],
                given => With(parameter, [.. this[parameter].Select((old, k) => k == i ? (float)(Math.Round(Math.Clamp(given, 0, MostOfByte)) / MostOfByte) : old)]))),
            _ => [new(parameter.Label, ParameterKind.Number, value, parameter.Least, parameter.Greatest, [], given => With(parameter, [Within(given)]))],
        };

        // What is dragged may be of a version that had another range.
        float Within(double given) => (float)Math.Clamp(double.IsNaN(given) ? parameter.Least : given, parameter.Least, parameter.Greatest);
    }

    [GeneratedRegex(@"^(?!\s*//).*\bDEBUG\s*\(", RegexOptions.Multiline)]
    private static partial Regex DebugCall();

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();
}
