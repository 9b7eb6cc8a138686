using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using LivePool.Core;
using LivePool.Core.Backends;
using LivePool.Core.Operators;
using LivePool.Cpu.Reference;
using LivePool.Verification;

namespace LivePool.App.Tests.Reports.Html;

/// <summary>The page as text: complete, well-formed, escaped, and in need of nothing from elsewhere.</summary>
public sealed partial class HtmlReportTests
{
    private const int MostBytes = 2_000_000;
    private const string Nasty = """</script><b>"&' {{data}} <!--""";

    private static readonly Fault _none = (_, _, _) => { };

    /// <summary>Adds 1 to the last element of one operator's output.</summary>
    private static Fault OffByOne(string name) => (spec, output, _) =>
    {
        if (spec.Name == name)
            output[^1] += 1;
    };

    [Fact]
    public void The_page_of_a_right_backend_has_every_operator_and_its_worst_case()
    {
        ReportPage page = ReportPage.Of(new ReferenceBackend());

        Assert.Equal(CaseGenerator.OperatorNames.Order(), page.Sections.Select(section => ((string)section.Attribute("id")!)[3..]).Order());
        Assert.All(page.Sections, section => Assert.Equal("details", section.Name.LocalName));
        Assert.All(CaseGenerator.OperatorNames, name =>
            Assert.Contains(page.Document.Descendants("a"), link => (string?)link.Attribute("href") == $"#op-{name}"));
        Assert.Contains("all equal or within bounds", page.Element("verdict passed").Value);
        Assert.Contains("all equal or within bounds", page.Document.Descendants("title").First().Value);
        Assert.Contains("livepool verify --backend reference --seed 1 --cases 40", page.Document.Descendants("code").First().Value);
        foreach (string name in CaseGenerator.OperatorNames)
        {
            // Whatever computes has rounding errors somewhere in so many cases; whatever selects has none.
            bool hasPictures = page.Section(name).Descendants().Any(element => (string?)element.Attribute("class") == "pictures");
            Assert.Equal(page.Data.TryGetProperty(name, out _), hasPictures);
            Assert.NotEqual(hasPictures, page.Section(name).Value.Contains("is equal to the exact result", StringComparison.Ordinal));
            Assert.Single(page.Section(name).Descendants(), element => (string?)element.Attribute("role") == "img");
        }
        Assert.True(page.Data.TryGetProperty("conv2d", out _));
        Assert.False(page.Data.TryGetProperty("relu", out _));
        Assert.InRange(Encoding.UTF8.GetByteCount(page.Text), 1, MostBytes);
    }

    [Fact]
    public void The_planes_hold_the_numbers_of_the_worst_element()
    {
        ReportPage page = ReportPage.Of(new ReferenceBackend(), operators: "conv2d");

        JsonElement conv = page.Data.GetProperty("conv2d");
        JsonElement output = conv.GetProperty("output");
        int[] at = [.. conv.GetProperty("element").EnumerateArray().Select(item => item.GetInt32())];
        int i = (at[2] - output.GetProperty("top").GetInt32()) * output.GetProperty("width").GetInt32() + at[3] - output.GetProperty("left").GetInt32();
        Dictionary<string, string> facts = page.Section("conv2d").Descendants("dt").GroupBy(term => term.Value)
            .ToDictionary(group => group.Key, group => ((XElement)group.First().NextNode!).Value);
        Assert.Equal($"[{string.Join(", ", at)}]", facts["at"]);
        Assert.Equal(output.GetProperty("exact")[i].GetRawText(), facts["exact"]);
        Assert.Equal(output.GetProperty("got")[i].GetRawText(), facts["got"]);
        double error = Math.Abs((float)output.GetProperty("got")[i].GetDouble() - output.GetProperty("exact")[i].GetDouble());
        Assert.Equal(error / output.GetProperty("bound")[i].GetDouble(), output.GetProperty("share")[i].GetDouble(), 2e-3);
        Assert.Equal(100 * output.GetProperty("share")[i].GetDouble(), double.Parse(facts["of its bound"].TrimEnd('%')), 0.1);
    }

    [Fact]
    public void Nothing_is_loaded_and_nothing_but_the_pages_script_may_run()
    {
        string text = ReportPage.Of(new FaultyBackend(OffByOne("conv2d"))).Text;

        Assert.DoesNotMatch(Loading(), text);
        foreach (Match url in Url().Matches(text))
            Assert.EndsWith("href=\"", text[..url.Index]);
        Match policy = Policy().Match(text);
        string script = Script().Match(text).Groups[1].Value;
        Assert.Equal(Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script))), policy.Groups[1].Value);
        Assert.StartsWith("default-src 'none'", policy.Value);
    }

    [Fact]
    public void What_failed_comes_first_with_its_smallest_case()
    {
        ReportPage page = ReportPage.Of(new FaultyBackend(OffByOne("tanh")));

        Assert.Contains("1 operator failed", page.Element("verdict failed").Value);
        Assert.Equal("op-tanh", (string?)page.Sections[0].Attribute("id"));
        Assert.Equal("section", page.Sections[0].Name.LocalName);
        Assert.Contains("The smallest case found that fails", page.Sections[0].Value);
        Assert.Contains("Element [0, 0, 0, 0] came out as 1; exact is 0.", page.Sections[0].Value);
        Assert.Contains("livepool verify --backend reference --case out/tanh-reference.case.json", page.Sections[0].Value);
        Assert.All(page.Sections.Skip(1), section => Assert.Equal("operator passed", (string?)section.Attribute("class")));
        Assert.Equal("tanh", page.Document.Descendants("tbody").Single().Elements("tr").First().Element("th")!.Value);
        JsonElement output = page.Data.GetProperty("tanh").GetProperty("output");
        Assert.Equal([1.0], output.GetProperty("got").EnumerateArray().Select(item => item.GetDouble()));
        Assert.True(output.GetProperty("share")[0].GetDouble() > 1);
    }

    [Theory]
    [InlineData(float.NaN, "nan", "NaN")]
    [InlineData(float.PositiveInfinity, "inf", "Infinity")]
    [InlineData(float.NegativeInfinity, "-inf", "-Infinity")]
    public void NaN_and_infinities_are_words_in_the_planes(float wrong, string inJson, string inText)
    {
        ReportPage page = ReportPage.Of(new FaultyBackend((_, output, _) => output[0] = wrong), operators: "avg_pool2d");

        Assert.Contains($"Element [0, 0, 0, 0] came out as {inText}; exact is 0.", page.Sections[0].Value);
        JsonElement output = page.Data.GetProperty("avg_pool2d").GetProperty("output");
        Assert.Equal(inJson, output.GetProperty("got")[0].GetString());
        Assert.Equal("inf", output.GetProperty("share")[0].GetString());
        Assert.Contains("only one of the two NaN or infinite: 1", page.Sections[0].Value);
    }

    [Fact]
    public void A_wrong_index_is_shown_though_every_element_is_equal()
    {
        Fault next = (_, _, indices) =>
        {
            if (indices.Length > 0)
                indices[^1]++;
        };
        ReportPage page = ReportPage.Of(new FaultyBackend(next), operators: "max_pool2d");

        Assert.Contains("The index at [0, 0, 0, 0] came out as 1; right is 0.", page.Sections[0].Value);
        Assert.Contains("wrong indices: 1", page.Sections[0].Value);
        JsonElement index = Assert.Single(page.Data.GetProperty("max_pool2d").GetProperty("wrongIndices").EnumerateArray());
        Assert.Equal("""{"at":[0,0,0,0],"got":"1","exact":"0"}""", index.GetRawText());
    }

    [Fact]
    public void A_refused_case_shows_its_reason_escaped()
    {
        Fault refuse = (spec, _, _) =>
        {
            if (spec is AvgPool2d)
                throw new LivePoolException($"not today {Nasty}");
        };
        // The arithmetic is tried before anything is verified, so that the fault must be armed after.
        bool isArmed = false;
        ReportPage page = ReportPage.Of(new FaultyBackend((spec, output, indices) =>
        {
            isArmed |= spec is Conv2d;
            if (isArmed)
                refuse(spec, output, indices);
        }));

        XElement section = page.Section("avg_pool2d");
        Assert.Equal("operator failed", (string?)section.Attribute("class"));
        Assert.Contains($"Refused: not today {Nasty}.", section.Value);
        Assert.False(page.Data.TryGetProperty("avg_pool2d", out _));
        Assert.DoesNotContain(section.Descendants(), element => (string?)element.Attribute("class") is "histogram" or "pictures");
        Assert.Contains("not run", page.Document.Descendants("tr").Single(row => row.Element("th")?.Value == "avg_pool2d").Value);
    }

    [Fact]
    public void A_failure_that_does_not_come_back_is_called_that()
    {
        int runs = 0;
        ReportPage page = ReportPage.Of(new FaultyBackend((spec, output, _) =>
        {
            if (spec is Conv2d && runs++ == 7)
                output[0] += 100;
        }), operators: "conv2d");

        Assert.Contains("the backend does not always compute the same", page.Section("conv2d").Value);
        Assert.Contains("1 operator failed", page.Element("verdict failed").Value);
    }

    [Fact]
    public void Whatever_a_device_calls_itself_is_text()
    {
        var device = new DeviceInfo(Nasty, $"renderer {Nasty}", "1.0\u0001\ud800", true);
        ReportPage page = ReportPage.Of(new FaultyBackend(_none, device), requested: "auto", reason: $"no GPU: {Nasty}", operators: "relu");

        Assert.Empty(page.Document.Descendants("b"));
        string[] values = [.. page.Document.Descendants("dd").Select(value => value.Value)];
        Assert.Contains(Nasty, values);
        Assert.Contains($"renderer {Nasty}", values);
        Assert.Contains("1.0\ufffd\ufffd", values);
        Assert.Contains("reference, asked for: auto", values);
        Assert.Contains($"no GPU: {Nasty}", values);
        Assert.Contains("yes, a processor acts as the GPU", values);
        Assert.Equal(2, Regex.Count(page.Text, "</script>"));
    }

    [Fact]
    public void Numbers_are_written_the_same_in_every_language()
    {
        System.Globalization.CultureInfo before = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            System.Globalization.CultureInfo.CurrentCulture = new Comma();
            ReportPage page = ReportPage.Of(new ReferenceBackend(), operators: "conv2d");
            Assert.DoesNotMatch("""[\dx]="[^"]*\d,\d""", page.Text);
            Assert.Matches(@"at most \d+\.\d%", page.Section("conv2d").Value);
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
    }

    /// <summary>A culture with a decimal comma; the program carries no data of real ones.</summary>
    private sealed class Comma : System.Globalization.CultureInfo
    {
        public Comma() : base("") => NumberFormat = new() { NumberDecimalSeparator = ",", NumberGroupSeparator = ".", PercentDecimalSeparator = ",", NegativeSign = "\u2212" };
    }

    [GeneratedRegex("""\bsrc=|<link|@import|url\(|\bfetch\(|XMLHttpRequest|WebSocket|\bimport\(|<img|<iframe|sendBeacon""")]
    private static partial Regex Loading();

    [GeneratedRegex("https?://")]
    private static partial Regex Url();

    [GeneratedRegex("default-src 'none'[^\"]*script-src 'sha256-([^']+)'")]
    private static partial Regex Policy();

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Script();
}
