using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace LivePool.App.Reports.Html;

/// <summary>
/// A piece of HTML, written as <c>Fragment.Of($"&lt;b&gt;{name}&lt;/b&gt;")</c>. Whatever stands in braces is escaped, and
/// numbers look the same everywhere; only other fragments go in as they are. There is no other way to make one.
/// </summary>
internal sealed class Fragment
{
    private readonly string _html;

    private Fragment(string html) => _html = html;

    public static Fragment Empty { get; } = new("");

    public static Fragment Of(FragmentBuilder html) => new(html.ToString());

    public override string ToString() => _html;
}

/// <summary>Puts a <see cref="Fragment"/> together from an interpolated string.</summary>
[InterpolatedStringHandler]
internal readonly struct FragmentBuilder
{
    private readonly StringBuilder _html;

    public FragmentBuilder(int literalLength, int formattedCount) => _html = new(literalLength + 16 * formattedCount);

    public void AppendLiteral(string html) => _html.Append(html);

    public void AppendFormatted(Fragment? fragment) => _html.Append(fragment?.ToString());

    public void AppendFormatted(IEnumerable<Fragment> fragments)
    {
        foreach (Fragment fragment in fragments)
            AppendFormatted(fragment);
    }

    public void AppendFormatted(string? text) => _html.Append(Escape(text ?? ""));

    public void AppendFormatted<T>(T number, string? format = null) where T : struct, IFormattable =>
        AppendFormatted(number.ToString(format, CultureInfo.InvariantCulture));

    public override string ToString() => _html.ToString();

    /// <summary>A device may call itself what it likes; HTML has no control characters, nor halves of surrogate pairs.</summary>
    private static string Escape(string text) => WebUtility.HtmlEncode(
        string.Create(text.Length, text, (result, source) =>
        {
            for (int i = 0; i < result.Length; i++)
                result[i] = char.IsControl(source[i]) && source[i] is not ('\t' or '\n') ? '\uFFFD' : source[i];
        }));
}
