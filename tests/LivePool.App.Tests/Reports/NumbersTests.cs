using System.Text;
using System.Text.Json;
using LivePool.App.Reports;

namespace LivePool.App.Tests.Reports;

public sealed class NumbersTests
{
    [Theory]
    [InlineData(0, "equal")]
    [InlineData(1e-9, "<0.1%")]
    [InlineData(0.0005, "0.1%")]
    [InlineData(0.1482, "14.8%")]
    [InlineData(1, "100.0%")]
    [InlineData(3.2, "320.0%")]
    [InlineData(1.5e6, "1.5e+6 times")]
    [InlineData(double.PositiveInfinity, "beyond")]
    public void A_share_is_a_percentage_or_a_word(double share, string expected) => Assert.Equal(expected, Numbers.Share(share));

    [Theory]
    [InlineData(0.1f, "0.1")]
    [InlineData(1.5e-7f, "1.5e-7")]
    [InlineData(1e30f, "1e+30")]
    [InlineData(-0f, "-0")]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.NegativeInfinity, "-Infinity")]
    public void An_exact_number_has_all_its_digits(float number, string expected) => Assert.Equal(expected, Numbers.Exact(number));

    [Theory]
    [InlineData(1.5e-7f, "1.5e-7")]
    [InlineData(0.1f, "0.1")]
    [InlineData(float.NaN, "\"nan\"")]
    [InlineData(float.PositiveInfinity, "\"inf\"")]
    [InlineData(float.NegativeInfinity, "\"-inf\"")]
    public void Json_has_words_for_what_it_lacks(float number, string expected)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            Numbers.Write(writer, number);
        Assert.Equal(expected, Encoding.UTF8.GetString(stream.ToArray()));
        using JsonDocument _ = JsonDocument.Parse(stream.ToArray());
    }
}
