using System.Globalization;

namespace LivePool.Shaders.Annotations;

/// <summary>The values of parameters as text.</summary>
internal static class ParameterValue
{
    private const float MostOfByte = 255;

    public static IReadOnlyList<float>? Read(ShaderParameter parameter, string text)
    {
        switch (parameter.Type)
        {
            case ShaderParameterType.Switch:
                return text is "true" or "1" ? [1] : text is "false" or "0" ? [0] : null;
            case ShaderParameterType.Colour:
                return ReadColour(text);
            case ShaderParameterType.Choice:
                for (int i = 0; i < parameter.Choices.Count; i++)
                {
                    if (parameter.Choices[i] == text)
                        return [i];
                }
                return null;
            default:
                return ReadNumber(text, parameter.Type == ShaderParameterType.WholeNumber) is { } number
                    && number >= parameter.Least && number <= parameter.Greatest ? [number] : null;
        }
    }

    public static string Write(ShaderParameter parameter, IReadOnlyList<float> value) => parameter.Type switch
    {
        ShaderParameterType.Switch => value[0] != 0 ? "true" : "false",
        ShaderParameterType.Colour => $"#{string.Concat(value.Select(part => $"{(int)MathF.Round(MostOfByte * part):x2}"))}",
        ShaderParameterType.Choice => parameter.Choices[(int)value[0]],
        _ => value[0].ToString("R", CultureInfo.InvariantCulture),
    };

    public static string Expected(ShaderParameter parameter) => parameter.Type switch
    {
        ShaderParameterType.Switch => "true or false",
        ShaderParameterType.Colour => "a colour such as #ff8000",
        ShaderParameterType.Choice => $"one of {string.Join(", ", parameter.Choices)}",
        _ => string.Create(CultureInfo.InvariantCulture,
            $"a {(parameter.Type == ShaderParameterType.WholeNumber ? "whole " : "")}number from {parameter.Least} to {parameter.Greatest}"),
    };

    /// <summary>A finite number; null where the text is none.</summary>
    public static float? ReadNumber(string text, bool isWhole) =>
        float.TryParse(text, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture, out float number)
        && float.IsFinite(number) && (!isWhole || IsInt32(number)) ? number : null;

    // An int that a float has exactly.
    private static bool IsInt32(float number) => number == MathF.Floor(number) && MathF.Abs(number) <= 1 << 24;

    private static float[]? ReadColour(string text) =>
        text.Length == 7 && text[0] == '#' && uint.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint rgb)
            ? [(rgb >> 16) / MostOfByte, (rgb >> 8 & 0xFF) / MostOfByte, (rgb & 0xFF) / MostOfByte]
            : null;
}
