using System.Globalization;
using System.Text.RegularExpressions;
using LivePool.Core;

namespace LivePool.Shaders.Annotations;

/// <summary>Reads annotations line by line.</summary>
internal sealed partial class AnnotationParser
{
    private const int MostElements = 64;
    private const int MostSide = 16384;
    private const int MostParameters = 64;
    private const float MostInt = 1 << 24;

    private readonly Dictionary<string, ShaderPlace> _places = [];
    private readonly List<ShaderParameter> _parameters = [];
    private ShaderAnnotations _annotations = new();

    public void Add(ShaderPlace place, string line)
    {
        Match match = AnnotationLine().Match(line);
        if (!match.Success)
            return;
        string name = match.Groups["name"].Value;
        string rest = match.Groups["rest"].Value.Trim();
        if (name == "param")
        {
            AddParameter(place, rest);
            return;
        }
        if (_places.TryGetValue(name, out ShaderPlace first))
            throw Error(place, $"@{name} is given already at {first}; keep one");
        _annotations = name switch
        {
            "op" => OperatorName().IsMatch(rest) ? _annotations with { Operator = rest }
                : throw Error(place, $"@op is followed by '{rest}'; write an operator's name, such as @op conv2d"),
            "size" => _annotations with { Size = ReadSize(place, rest) },
            "input" => rest is "1" or "3" ? _annotations with { InputChannels = rest[0] - '0' }
                : throw Error(place, $"@input is followed by '{rest}'; write 1 for a grey input or 3 for red, green and blue"),
            "local" => _annotations with { Local = ReadPair(rest, 1024) ?? throw Error(place, $"@local is followed by '{rest}'; write invocations along x and y, such as @local 16,16") },
            "elements" => int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out int elements) && elements is >= 1 and <= MostElements
                ? _annotations with { Elements = elements }
                : throw Error(place, $"@elements is followed by '{rest}'; write a whole number from 1 to {MostElements}"),
            _ => throw Error(place, $"there is no annotation @{name}; known are @op, @param, @size, @input, @local, @elements"),
        };
        _places.Add(name, place);
    }

    public ShaderAnnotations Finish()
    {
        if (_annotations.Operator is { } claimed)
        {
            foreach (string name in (string[])["size", "input"])
            {
                if (_places.TryGetValue(name, out ShaderPlace place))
                    throw Error(place, $"@{name} is for shaders without @op; {claimed} has shapes of its own");
            }
        }
        return _annotations with { Parameters = _parameters };
    }

    private void AddParameter(ShaderPlace place, string text)
    {
        Match match = Parameter().Match(text);
        if (!match.Success)
            throw Error(place, $"@param {text}: write a type, a name, a range and a default, such as @param float gain 0..4 = 1 \"Gain\"");
        (string type, string name, string range) = (match.Groups["type"].Value, match.Groups["name"].Value, match.Groups["range"].Value.Trim());
        if (_parameters.Any(known => known.Name == name))
            throw Error(place, $"@param {name} is given already; choose another name");
        if (_parameters.Count == MostParameters)
            throw Error(place, $"@param {name} is one too many; a shader may have {MostParameters}");
        if (name.StartsWith("gl_", StringComparison.Ordinal) || name.Contains("__", StringComparison.Ordinal))
            throw Error(place, $"@param {name}: GLSL keeps names with gl_ and __ for itself; choose another name");
        ShaderParameter parameter = type switch
        {
            "float" or "int" => Number(place, type, name, range),
            "bool" => new(ShaderParameterType.Switch, name, [0]),
            "colour" or "color" => new(ShaderParameterType.Colour, name, [1, 1, 1]),
            "choice" => Choice(place, name, range),
            _ => throw Error(place, $"@param {name} is of type {type}; write float, int, bool, colour or choice"),
        };
        if (parameter.Type is ShaderParameterType.Switch or ShaderParameterType.Colour && range.Length > 0)
            throw Error(place, $"@param {name}: a {type} has no range, but '{range}' stands there; remove it");
        if (match.Groups["default"] is { Success: true, Value: var written })
        {
            parameter = parameter with
            {
                Default = parameter.Read(written) ?? throw Error(place, $"@param {name} = {written}: the default must be {parameter.Expected}"),
            };
        }
        _parameters.Add(match.Groups["label"].Value is { Length: > 0 } label ? parameter with { Label = label } : parameter);
    }

    private static ShaderParameter Number(ShaderPlace place, string type, string name, string range)
    {
        bool isWhole = type == "int";
        string[] ends = range.Split("..");
        if (ends.Length != 2 || ParameterValue.ReadNumber(ends[0].Trim(), isWhole) is not { } least ||
            ParameterValue.ReadNumber(ends[1].Trim(), isWhole) is not { } greatest || least > greatest)
        {
            string what = isWhole ? $"two whole numbers of up to {MostInt}" : "two numbers";
            throw Error(place, $"@param {name}: the range is '{range}'; write {what}, the least first, such as 0..4");
        }
        return new(isWhole ? ShaderParameterType.WholeNumber : ShaderParameterType.Number, name, [least]) { Least = least, Greatest = greatest };
    }

    private static ShaderParameter Choice(ShaderPlace place, string name, string range)
    {
        string[] words = range.Split('|', StringSplitOptions.TrimEntries);
        if (words.Length < 2 || words.Any(word => !ChoiceWord().IsMatch(word)) || words.Distinct().Count() != words.Length)
            throw Error(place, $"@param {name}: the choices are '{range}'; write different words between bars, such as soft|hard");
        return new(ShaderParameterType.Choice, name, [0]) { Choices = words };
    }

    private static OutputSize ReadSize(ShaderPlace place, string text) => text switch
    {
        "same" => OutputSize.Same,
        "half" => OutputSize.Half,
        _ => ReadPair(text, MostSide) is { } pair ? new(1, pair)
            : throw Error(place, $"@size is followed by '{text}'; write same, half, or a width and a height of up to {MostSide}, such as 640,360"),
    };

    private static (int, int)? ReadPair(string text, int most)
    {
        Match match = Pair().Match(text);
        return match.Success && Side("first") is { } first && Side("second") is { } second ? (first, second) : null;

        int? Side(string group) =>
            int.TryParse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int side) && side >= 1 && side <= most
                ? side : null;
    }

    private static LivePoolException Error(ShaderPlace place, string text) => new($"{place}: {text}");

    [GeneratedRegex(@"^\s*//\s*@(?<name>\w+)(?<rest>.*)$")]
    private static partial Regex AnnotationLine();

    [GeneratedRegex("^[a-z][a-z0-9_]*$")]
    private static partial Regex OperatorName();

    [GeneratedRegex("""^(?<type>\w+)\s+(?<name>[A-Za-z_]\w*)(?<range>[^="]*)(=\s*(?<default>[^\s"]+)\s*)?("(?<label>[^"]*)"\s*)?$""")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^[A-Za-z0-9_-]+$")]
    private static partial Regex ChoiceWord();

    [GeneratedRegex(@"^(?<first>\d+)\s*,\s*(?<second>\d+)$")]
    private static partial Regex Pair();
}
