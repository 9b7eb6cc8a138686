using System.Globalization;
using System.Text.Json;
using LivePool.Verification;

namespace LivePool.App.Reports;

/// <summary>Numbers as every report writes them, whatever the system's language.</summary>
internal static class Numbers
{
    private const double MostPercent = 100;

    /// <summary>A share of a bound: <c>equal</c>, <c>14.8%</c>, <c>2.5e+3 times</c>, or <c>beyond</c> where all must be equal.</summary>
    public static string Share(double share) =>
        share == 0 ? "equal"
        : double.IsPositiveInfinity(share) ? "beyond"
        : share < 0.0005 ? "<0.1%"
        : share < MostPercent ? string.Create(CultureInfo.InvariantCulture, $"{100 * share:F1}%")
        : string.Create(CultureInfo.InvariantCulture, $"{Short(share)} times");

    /// <summary>Units in the last place.</summary>
    public static string Ulps(double ulps) =>
        double.IsFinite(ulps) ? Short(ulps) : "inf";

    /// <summary>A number of things, such as <c>46,110</c>.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number with all its digits, as JavaScript writes it too: <c>1.5e-7</c>, <c>NaN</c>, <c>-Infinity</c>.</summary>
    public static string Exact(double number) => WithShortExponent(number.ToString("R", CultureInfo.InvariantCulture));

    /// <inheritdoc cref="Exact(double)"/>
    public static string Exact(float number) => WithShortExponent(number.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>A number with three digits.</summary>
    public static string Short(double number) => WithShortExponent(number.ToString("G3", CultureInfo.InvariantCulture));

    /// <summary>
    /// Writes a number; those that JSON lacks are the words "nan", "inf" and "-inf", as <see cref="VerificationJson"/> has them.
    /// </summary>
    /// <param name="writer">Where to.</param>
    /// <param name="number">The number.</param>
    /// <param name="format">How many digits; <c>R</c> for all.</param>
    public static void Write(Utf8JsonWriter writer, double number, string format = "R")
    {
        if (double.IsFinite(number))
            writer.WriteRawValue(WithShortExponent(number.ToString(format, CultureInfo.InvariantCulture)), skipInputValidation: true);
        else
            writer.WriteStringValue(double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf");
    }

    /// <summary>Writes a property with a number of six digits, whatever its size; null where there is none.</summary>
    public static void WriteShort(Utf8JsonWriter writer, string property, double? number)
    {
        writer.WritePropertyName(property);
        if (number is { } value)
            Write(writer, value, "G6");
        else
            writer.WriteNullValue();
    }

    /// <inheritdoc cref="Write(Utf8JsonWriter, double, string)"/>
    public static void Write(Utf8JsonWriter writer, float number)
    {
        if (float.IsFinite(number))
            writer.WriteRawValue(Exact(number), skipInputValidation: true);
        else
            Write(writer, (double)number);
    }

    private static string WithShortExponent(string number)
    {
        int e = number.IndexOf('E', StringComparison.Ordinal);
        if (e < 0)
            return number;
        int exponent = int.Parse(number.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{number[..e]}e{exponent:+0;-0}");
    }
}
