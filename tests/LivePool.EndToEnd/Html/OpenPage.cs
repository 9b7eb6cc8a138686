using System.Text.Json;
using PuppeteerSharp;

namespace LivePool.EndToEnd.Html;

/// <summary>A page in the browser, and everything that it complained about or asked for.</summary>
internal sealed class OpenPage : IAsyncDisposable
{
    /// <summary>Around the pixels of each picture, as in cases.js.</summary>
    private const int Margin = 3;

    private readonly IBrowserContext _context;
    private readonly List<string> _requests = [];
    private readonly List<string> _complaints = [];

    private OpenPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Request += (_, e) => _requests.Add(e.Request.Url);
        page.RequestFailed += (_, e) => _complaints.Add($"request failed: {e.Request.Url}");
        page.PageError += (_, e) => _complaints.Add($"error: {e.Message}");
        page.Error += (_, e) => _complaints.Add($"crash: {e.Error}");
        page.Console += (_, e) => _complaints.Add($"console: {e.Message.Type} {e.Message.Text}");
    }

    public IPage Page { get; }

    public IReadOnlyList<string> Requests => _requests;

    public IReadOnlyList<string> Complaints => _complaints;

    public static async Task<OpenPage> OpenAsync(IBrowser browser, string file, string scheme, int width)
    {
        // A context of its own: what one page remembers, no other finds.
        IBrowserContext context = await browser.CreateBrowserContextAsync();
        var open = new OpenPage(context, await context.NewPageAsync());
        await open.Page.SetOfflineModeAsync(true);
        bool isPhone = width < 600;
        await open.Page.SetViewportAsync(new() { Width = width, Height = 900, HasTouch = isPhone, IsMobile = isPhone });
        await open.Page.EmulateMediaFeaturesAsync([new() { MediaFeature = MediaFeature.PrefersColorScheme, Value = scheme }]);
        await open.Page.GoToAsync(new Uri(file).AbsoluteUri);
        // Pictures are drawn when their place has its size, before the next frame.
        await open.NextFrameAsync();
        return open;
    }

    public Task NextFrameAsync() =>
        Page.EvaluateExpressionAsync("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))");

    public Task<T> EvaluateAsync<T>(string expression) => Page.EvaluateExpressionAsync<T>(expression);

    public Task<string> BackgroundAsync() => EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");

    /// <summary>The text of the first element that a selector finds.</summary>
    public async Task<string> TextAsync(string selector) =>
        (await EvaluateAsync<string>($"document.querySelector('{selector}').textContent")).Trim();

    /// <summary>The planes that the page carries.</summary>
    public async Task<JsonElement> DataAsync() =>
        JsonDocument.Parse(await EvaluateAsync<string>("document.getElementById('data').textContent")).RootElement;

    /// <summary>The readout of an operator, by name.</summary>
    public async Task<Dictionary<string, string>> ReadoutAsync(string name) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(await EvaluateAsync<string>(
            $$"""
            JSON.stringify(Object.fromEntries([...document.querySelectorAll("#op-{{name}} .readout > div")]
                .map(entry => [...entry.children].map(part => part.textContent))))
            """))!;

    /// <summary>Where on the page a pixel of a picture is.</summary>
    public async Task<(decimal X, decimal Y)> PlaceAsync(string name, string picture, int row, int column)
    {
        string canvas = $"#op-{name} figure[data-picture={picture}] canvas";
        await EvaluateAsync<int>($"document.querySelector('{canvas}').scrollIntoView({{ block: 'center', behavior: 'instant' }}), 0");
        decimal[] place = await EvaluateAsync<decimal[]>(
            $$"""
            (canvas => {
                const { x, y } = canvas.getBoundingClientRect();
                return [x, y, Number(canvas.dataset.cell)];
            })(document.querySelector("{{canvas}}"))
            """);
        return (place[0] + Margin + (column + 0.5m) * place[2], place[1] + Margin + (row + 0.5m) * place[2]);
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
