using System.Buffers;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LivePool.Verification;

namespace LivePool.App.Reports.Html;

/// <summary>
/// A verification as one page for people. Everything is in the file: page.html with its style, its script and the planes
/// that the script draws, as JSON. The style sheet and the scripts lie beside this file.
/// </summary>
internal static partial class HtmlReport
{
    /// <summary>So few operators are all shown open.</summary>
    private const int FewOperators = 3;

    private static readonly string[] _scripts = ["cells.js", "cases.js", "page.js"];

    /// <summary>Writes the page.</summary>
    public static void Write(Stream stream, VerificationFacts facts)
    {
        OperatorSummary[] operators = [.. facts.Run.Operators.OrderBy(Rank)];
        OperatorSection[] sections =
            [.. operators.Select(summary => OperatorSection.Create(summary, facts, isOpen: operators.Length <= FewOperators))];
        bool isLoose = facts.Verifier.Arithmetic.Unit > ErrorBound.RoundToNearest;
        string script = string.Concat(_scripts.Select(Resource));
        var parts = new Dictionary<string, string>
        {
            ["title"] = Fragment.Of($"{facts.Chosen.Backend.Name}: {PageHeader.Verdict(facts.Run)}").ToString(),
            ["style"] = Resource("page.css"),
            ["script"] = script,
            ["scriptHash"] = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script))),
            ["header"] = PageHeader.Create(facts, operators).ToString(),
            ["facts"] = PageHeader.Facts(facts, operators).ToString(),
            ["table"] = OperatorTable.Create(operators, isLoose).ToString(),
            ["sections"] = Fragment.Of($"{sections.Select(section => section.Html)}").ToString(),
            ["unitPower"] = PageHeader.UnitPower(facts.Verifier.Arithmetic),
            ["data"] = Data(operators, sections),
        };
        // In one pass, so that nothing that a part contains is taken for a place of another.
        string page = Place().Replace(Resource("page.html"), match => parts[match.Groups[1].Value]);
        stream.Write(Encoding.UTF8.GetBytes(page));
    }

    /// <summary>Wrong results first, then refusals.</summary>
    private static int Rank(OperatorSummary summary) =>
        summary.FirstFailure is not { } failure ? 2
        : failure.Refusal is null ? 0
        : 1;

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Place();

    /// <summary>The planes by operator. The writer escapes &lt;, so that no text in it can end the script element.</summary>
    private static string Data(OperatorSummary[] operators, OperatorSection[] sections)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            for (int i = 0; i < operators.Length; i++)
            {
                if (sections[i].Pictures is not { } pictures)
                    continue;
                writer.WritePropertyName(operators[i].Name);
                pictures.Write(writer);
            }
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(typeof(HtmlReport), name)
            ?? throw new InvalidOperationException($"resource {name} is missing from the build");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
