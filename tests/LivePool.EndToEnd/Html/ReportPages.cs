using LivePool.Testing;
using PuppeteerSharp;

namespace LivePool.EndToEnd.Html;

/// <summary>The pages that the program wrote, and Debian's Chromium to look at them.</summary>
public sealed class ReportPages : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";
    private readonly TemporaryFolder _folder = new();
    private IBrowser? _browser;

    /// <summary>Two operators that passed.</summary>
    public string Passed => _folder["passed.html"];

    /// <summary>Every operator, of the reference.</summary>
    public string All => _folder["all.html"];

    /// <summary>A shader with a fault: of equal elements, the last wins a maximum.</summary>
    public string Failed => _folder["failed.html"];

    /// <summary>The same for machines.</summary>
    public string FailedJson => _folder["failed.json"];

    public async ValueTask InitializeAsync()
    {
        Livepool.Run(_folder.Root, "verify", "--backend", "simd", "--operator", "max_pool2d", "--operator", "conv2d", "--cases", "50",
            "--report", Passed).Succeeded();
        Livepool.Run(_folder.Root, "verify", "--backend", "reference", "--cases", "100", "--report", All).Succeeded();
        Outcome failed = Livepool.Run(_folder.Root, "verify", "--backend", "gpu", "--shaders", FaultyShaders(), "--operator", "conv2d",
            "--operator", "max_pool2d", "--cases", "20", "--report", Failed, "--report", FailedJson);
        Assert.True(failed.ExitCode == 1 && failed.Error.Length == 0, failed.ToString());

        Assert.True(File.Exists(Chromium), $"{Chromium} is missing; install Debian's package chromium");
        // Its sandbox needs a user that is not root, and its shared memory more than a container has.
        _browser = await Puppeteer.LaunchAsync(new LaunchOptions
        {
            ExecutablePath = Chromium,
            Args = ["--no-sandbox", "--disable-dev-shm-usage"],
            Timeout = 60_000,
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Opens a page in a window of that width, without a network, for a user who likes it light or dark.</summary>
    internal Task<OpenPage> OpenAsync(string file, string scheme = "light", int width = 1280) =>
        OpenPage.OpenAsync(_browser!, file, scheme, width);

    private string FaultyShaders()
    {
        string original = Repository.PathOf("shaders");
        foreach (string path in Directory.GetFiles(original, "*", SearchOption.AllDirectories))
        {
            string copy = _folder["shaders", Path.GetRelativePath(original, path)];
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }
        string shader = _folder["shaders", "pool", "max_pool2d.comp"];
        string text = File.ReadAllText(shader);
        Assert.Contains("value > best", text);
        File.WriteAllText(shader, text.Replace("value > best", "value >= best", StringComparison.Ordinal));
        return _folder["shaders"];
    }
}
