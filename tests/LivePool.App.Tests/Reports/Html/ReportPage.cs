using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using LivePool.App.Reports.Html;
using LivePool.Core.Backends;
using LivePool.Cpu.Reference;
using LivePool.Verification;

namespace LivePool.App.Tests.Reports.Html;

/// <summary>A page that was written, taken apart.</summary>
internal sealed partial class ReportPage
{
    private ReportPage(string text)
    {
        Text = text;
        Data = JsonDocument.Parse(DataElement().Match(text).Groups[1].Value).RootElement;
        // Style and script are text to HTML, but not to XML.
        string xml = StyleOrScript().Replace(text, "<$1$2></$1>");
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore };
        Document = XDocument.Load(XmlReader.Create(new StringReader(xml), settings), LoadOptions.PreserveWhitespace);
    }

    public string Text { get; }

    /// <summary>The planes by operator.</summary>
    public JsonElement Data { get; }

    public XDocument Document { get; }

    /// <summary>Verifies a backend and writes the page of it.</summary>
    public static ReportPage Of(IBackend backend, string requested = "reference", int cases = 40, string? reason = null, params string[] operators)
    {
        using var chosen = new ChosenBackend(backend, requested, reason);
        var verifier = new Verifier(backend, new ReferenceOperators());
        var plan = new VerificationPlan(1, cases, operators, null);
        var run = new VerificationRun(plan, verifier);
        run.Run(() => { });
        using var stream = new MemoryStream();
        HtmlReport.Write(stream, new(plan, run, chosen, verifier, ["--backend", backend.Name], "out"));
        return new(Encoding.UTF8.GetString(stream.ToArray()));
    }

    /// <summary>The operators' sections, in the page's order.</summary>
    public IReadOnlyList<XElement> Sections =>
        [.. Document.Descendants().Where(element => ((string?)element.Attribute("class"))?.StartsWith("operator ", StringComparison.Ordinal) == true)];

    public XElement Section(string name) => Sections.Single(section => (string?)section.Attribute("id") == $"op-{name}");

    /// <summary>The only element of a class.</summary>
    public XElement Element(string className) =>
        Document.Descendants().Single(element => (string?)element.Attribute("class") == className);

    [GeneratedRegex("""<script type="application/json" id="data">(.*?)</script>""", RegexOptions.Singleline)]
    private static partial Regex DataElement();

    [GeneratedRegex("<(style|script)([^>]*)>.*?</\\1>", RegexOptions.Singleline)]
    private static partial Regex StyleOrScript();
}
