using PuppeteerSharp;

namespace LivePool.EndToEnd.Html;

/// <summary>The pages that the program wrote, and Debian's Chromium to look at them.</summary>
public sealed class ReportPages : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";
    private readonly TemporaryFolder _folder = new();
    private IBrowser? _browser;

    /// <summary>Two operators that passed: the table's cases on the reference, so that the worst is the same everywhere.</summary>
    public string Passed => _folder["passed.html"];

    /// <summary>Every operator, of the reference.</summary>
    public string All => _folder["all.html"];

    /// <summary>Of a shader where the last of equal maxima wins.</summary>
    public string WrongIndex => _folder["wrong-index.html"];

    /// <summary>Of a shader that spoils row 9 of a convolution.</summary>
    public string WrongRow => _folder["wrong-row.html"];

    /// <summary>The report for machines beside one of a faulty shader.</summary>
    public static string JsonOf(string page) => Path.ChangeExtension(page, ".json");

    public async ValueTask InitializeAsync()
    {
        Livepool.Run(_folder.Root, "verify", "--backend", "reference", "--operator", "max_pool2d", "--operator", "conv2d", "--cases", "0",
            "--report", Passed).Succeeded();
        Livepool.Run(_folder.Root, "verify", "--backend", "reference", "--cases", "100", "--report", All).Succeeded();
        VerifyFaulty(ShaderFault.PlantInMaxPool2d(_folder), WrongIndex, JsonOf(WrongIndex));
        VerifyFaulty(ShaderFault.PlantInConv2d(_folder), WrongRow, JsonOf(WrongRow));

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

    private void VerifyFaulty(string shaders, string page, string json)
    {
        Outcome failed = Livepool.Run(_folder.Root, "verify", "--backend", "gpu", "--shaders", shaders, "--operator", "conv2d",
            "--operator", "max_pool2d", "--cases", "20", "--report", page, "--report", json);
        Assert.True(failed.ExitCode == 1 && failed.Error.Length == 0, failed.ToString());
    }
}
