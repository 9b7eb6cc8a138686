using System.Globalization;
using System.Text.Json;

namespace LivePool.EndToEnd.Html;

/// <summary>The HTML report of <c>livepool verify</c> in a browser, as it is seen and used.</summary>
public sealed class ReportPageTests(ReportPages pages) : IClassFixture<ReportPages>
{
    private const int Wide = 1280, Phone = 390;

    public static TheoryData<string, string, int> Views
    {
        get
        {
            var views = new TheoryData<string, string, int>();
            foreach (string page in (string[])["passed", "wrong index", "wrong row", "all"])
            {
                foreach (string scheme in (string[])["light", "dark"])
                {
                    foreach (int width in (int[])[Wide, Phone])
                        views.Add(page, scheme, width);
                }
            }
            return views;
        }
    }

    private string FileOf(string page) => page switch
    {
        "passed" => pages.Passed,
        "wrong index" => pages.WrongIndex,
        "wrong row" => pages.WrongRow,
        _ => pages.All,
    };

    [Theory]
    [MemberData(nameof(Views))]
    public async Task A_page_is_whole_and_readable_and_needs_nothing_else(string name, string scheme, int width)
    {
        string file = FileOf(name);
        await using OpenPage page = await pages.OpenAsync(file, scheme, width);
        // Everything is to be seen.
        await page.EvaluateAsync<int>("document.querySelectorAll('details').forEach(item => { item.open = true; }), 0");
        await page.NextFrameAsync();

        Assert.Equal([new Uri(file).AbsoluteUri], page.Requests);
        Assert.Equal([], page.Complaints);
        Assert.StartsWith("LivePool verify, ", await page.Page.GetTitleAsync());
        Assert.InRange(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), 1, width);

        // Every cell is painted, up to its corners, and not all alike.
        string[] blank = await page.EvaluateAsync<string[]>(
            """
            [...document.querySelectorAll("figure canvas")].filter(canvas => {
                const inset = Math.min(4, (Math.min(canvas.width, canvas.height) - 1) >> 1);
                const data = canvas.getContext("2d").getImageData(
                    inset, inset, canvas.width - 2 * inset, canvas.height - 2 * inset).data;
                return data.some((part, i) => i % 4 === 3 && part !== 255) || new Set(new Uint32Array(data.buffer)).size < 2;
            }).map(canvas => canvas.getAttribute("aria-label"))
            """);
        Assert.Equal([], blank);
        Assert.Equal(4 * (await page.DataAsync()).EnumerateObject().Count(),
            await page.EvaluateAsync<int>("document.querySelectorAll('figure canvas').length"));

        // Every text against what is behind it, as WCAG 2 computes it.
        string[] faint = await page.EvaluateAsync<string[]>(
            """
            (() => {
                const parse = text => text.match(/[\d.]+/g).map(Number);
                const linear = part => part <= 10.31475 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4;
                const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
                const background = element => {
                    for (let at = element; at; at = at.parentElement) {
                        const colour = parse(getComputedStyle(at).backgroundColor);
                        if (colour.length === 3 || colour[3] === 1)
                            return colour;
                    }
                };
                const found = [];
                for (const element of document.body.querySelectorAll(":not(script):not(style)")) {
                    if (![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()) || element.closest("noscript, title"))
                        continue;
                    const style = getComputedStyle(element);
                    const [front, back] = [parse(element.ownerSVGElement ? style.fill : style.color), background(element)].map(luminance);
                    const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
                    if (!(contrast >= 4.5))
                        found.push(`${element.tagName} ${element.textContent.slice(0, 40)}: ${contrast}`);
                }
                return found;
            })()
            """);
        Assert.Equal([], faint);
    }

    [Fact]
    public async Task The_system_decides_between_light_and_dark_and_the_switch_overrides_it()
    {
        await using OpenPage light = await pages.OpenAsync(pages.Passed, "light");
        await using OpenPage dark = await pages.OpenAsync(pages.Passed, "dark");
        string day = await light.BackgroundAsync(), night = await dark.BackgroundAsync();
        Assert.NotEqual(day, night);
        Assert.NotEqual(await DrawnAsync(light), await DrawnAsync(dark));

        await light.Page.ClickAsync(".theme label:has([value=dark])");
        Assert.Equal(night, await light.BackgroundAsync());
        Assert.Equal(await DrawnAsync(dark), await DrawnAsync(light));
        await light.Page.ReloadAsync();
        Assert.Equal(night, await light.BackgroundAsync());
        await light.Page.ClickAsync(".theme label:has([value=system])");
        Assert.Equal(day, await light.BackgroundAsync());

        static Task<string> DrawnAsync(OpenPage page) =>
            page.EvaluateAsync<string>("document.querySelector('figure[data-picture=difference] canvas').toDataURL()");
    }

    [Fact]
    public async Task The_colours_run_from_the_lowest_value_to_the_highest()
    {
        await using OpenPage page = await pages.OpenAsync(pages.Passed);
        JsonElement output = (await page.DataAsync()).GetProperty("conv2d").GetProperty("output");
        double[] exact = [.. output.GetProperty("exact").EnumerateArray().Select(item => item.GetDouble())];
        Assert.Equal((0, 34, 78), await ColourAsync(Array.IndexOf(exact, exact.Min())));
        Assert.Equal((254, 232, 56), await ColourAsync(Array.IndexOf(exact, exact.Max())));

        async Task<(int, int, int)> ColourAsync(int i)
        {
            int width = output.GetProperty("width").GetInt32();
            // A little off the cell's middle, where its number might be.
            int[] colour = await page.EvaluateAsync<int[]>(
                $$"""
                (canvas => {
                    const cell = Number(canvas.dataset.cell);
                    const [x, y] = [3 + ({{i % width}} + 0.5) * cell, 3 + ({{i / width}} + 0.2) * cell];
                    return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data];
                })(document.querySelector("#op-conv2d figure[data-picture=exact] canvas"))
                """);
            return (colour[0], colour[1], colour[2]);
        }
    }

    [Theory]
    [InlineData("exact")]
    [InlineData("got")]
    [InlineData("difference")]
    public async Task The_pointer_tells_the_numbers_of_an_output_element(string picture)
    {
        await using OpenPage page = await pages.OpenAsync(pages.Passed);
        JsonElement output = (await page.DataAsync()).GetProperty("conv2d").GetProperty("output");
        (int height, int width) = (output.GetProperty("height").GetInt32(), output.GetProperty("width").GetInt32());
        foreach ((int row, int column) in ((int, int)[])[(0, 0), (height - 1, width - 1), (height / 2, 0), (0, width / 2)])
        {
            (decimal x, decimal y) = await page.PlaceAsync("conv2d", picture, row, column);
            await page.Page.Mouse.MoveAsync(x, y);
            CheckReadout(output, row, column, await page.ReadoutAsync("conv2d"));
        }
    }

    [Fact]
    public async Task The_pointer_tells_the_value_of_an_input_element()
    {
        await using OpenPage page = await pages.OpenAsync(pages.Passed);
        JsonElement input = (await page.DataAsync()).GetProperty("conv2d").GetProperty("input");
        (decimal x, decimal y) = await page.PlaceAsync("conv2d", "input", 1, 0);
        await page.Page.Mouse.MoveAsync(x, y);

        Dictionary<string, string> readout = await page.ReadoutAsync("conv2d");
        Assert.Equal(Place(input, 1, 0), readout["input"]);
        AssertSame(input.GetProperty("value")[input.GetProperty("width").GetInt32()], readout["value"]);
    }

    [Fact]
    public async Task The_keyboard_moves_from_the_worst_element()
    {
        await using OpenPage page = await pages.OpenAsync(pages.Passed);
        JsonElement conv = (await page.DataAsync()).GetProperty("conv2d");
        JsonElement output = conv.GetProperty("output");
        int row = conv.GetProperty("element")[2].GetInt32() - output.GetProperty("top").GetInt32();
        int column = conv.GetProperty("element")[3].GetInt32() - output.GetProperty("left").GetInt32();
        CheckReadout(output, row, column, await page.ReadoutAsync("conv2d"));

        await page.Page.FocusAsync("#op-conv2d figure[data-picture=got] canvas");
        foreach ((string key, int down, int right) in ((string, int, int)[])
            [("ArrowUp", -1, 0), ("ArrowLeft", 0, -1), ("ArrowDown", 1, 0), ("ArrowDown", 1, 0), ("ArrowRight", 0, 1), ("ArrowRight", 0, 1)])
        {
            int scrolled = await page.EvaluateAsync<int>("scrollY");
            await page.Page.Keyboard.PressAsync(key);
            await page.NextFrameAsync();
            Assert.Equal(scrolled, await page.EvaluateAsync<int>("scrollY"));
            row = Math.Clamp(row + down, 0, output.GetProperty("height").GetInt32() - 1);
            column = Math.Clamp(column + right, 0, output.GetProperty("width").GetInt32() - 1);
            CheckReadout(output, row, column, await page.ReadoutAsync("conv2d"));
        }
    }

    [Fact]
    public async Task A_finger_tells_the_numbers_too()
    {
        await using OpenPage page = await pages.OpenAsync(pages.Passed, width: Phone);
        JsonElement output = (await page.DataAsync()).GetProperty("conv2d").GetProperty("output");
        (decimal x, decimal y) = await page.PlaceAsync("conv2d", "exact", 0, 1);
        await page.Page.Touchscreen.TapAsync(x, y);
        CheckReadout(output, 0, 1, await page.ReadoutAsync("conv2d"));
    }

    [Fact]
    public async Task A_wrong_element_comes_first_with_its_place_and_numbers()
    {
        JsonElement failure = await FailureAsync(pages.WrongRow, "conv2d");
        string at = $"[{string.Join(", ", failure.GetProperty("at").EnumerateArray())}]";
        // Row 9 must stay in the smallest case, and there is no smaller one.
        Assert.Equal("[0, 0, 9, 0]", at);

        await using OpenPage page = await pages.OpenAsync(pages.WrongRow);
        await CheckFailedFirstAsync(page, "conv2d", "max_pool2d");
        Assert.StartsWith($"Element {at} came out as", await page.TextAsync("#op-conv2d .lead"));
        JsonElement output = (await page.DataAsync()).GetProperty("conv2d").GetProperty("output");
        Dictionary<string, string> readout = await page.ReadoutAsync("conv2d");
        CheckReadout(output, 9, 0, readout);
        Assert.Equal((float)failure.GetProperty("got").GetDouble(), (float)Parse(readout["got"]));
        AssertSame(failure.GetProperty("exact"), readout["exact"]);
        Assert.Contains("beyond its bound", await page.TextAsync("#op-conv2d .marks"));
    }

    [Fact]
    public async Task A_wrong_index_comes_first_with_its_place()
    {
        string wrong = (await FailureAsync(pages.WrongIndex, "max_pool2d")).GetProperty("first_wrong_index").GetString()!;
        string at = wrong[..(wrong.IndexOf(']') + 1)];

        await using OpenPage page = await pages.OpenAsync(pages.WrongIndex);
        await CheckFailedFirstAsync(page, "max_pool2d", "conv2d");
        Assert.StartsWith($"The index at {at} came out as", await page.TextAsync("#op-max_pool2d .lead"));
        Dictionary<string, string> readout = await page.ReadoutAsync("max_pool2d");
        Assert.Equal(at, readout["output"]);
        Assert.Equal(wrong[(at.Length + ": got ".Length)..].Replace(", exact ", ", right is "), readout["index"]);
        Assert.Equal(readout["exact"], readout["got"]);
        Assert.Contains("equal, but its index is wrong", await page.TextAsync("#op-max_pool2d .marks"));
    }

    private static async Task<JsonElement> FailureAsync(string page, string name)
    {
        string report = await File.ReadAllTextAsync(ReportPages.JsonOf(page), TestContext.Current.CancellationToken);
        JsonElement failure = Assert.Single(JsonDocument.Parse(report).RootElement.GetProperty("failures").EnumerateArray());
        Assert.Equal(name, failure.GetProperty("stage").GetProperty("op").GetString());
        return failure;
    }

    private static async Task CheckFailedFirstAsync(OpenPage page, string failed, string passed)
    {
        Assert.Equal("1 operator failed", await page.TextAsync(".verdict.failed"));
        Assert.Equal([$"op-{failed}", $"op-{passed}"],
            await page.EvaluateAsync<string[]>("[...document.querySelectorAll('.operator')].map(item => item.id)"));
        Assert.Equal([failed, passed],
            await page.EvaluateAsync<string[]>("[...document.querySelectorAll('tbody th')].map(cell => cell.textContent)"));
        Assert.Equal("operator failed", await page.EvaluateAsync<string>($"document.getElementById('op-{failed}').className"));
        Assert.Contains("livepool verify --backend gpu --shaders", await page.TextAsync($"#op-{failed} code"));
    }

    [Fact]
    public async Task A_link_opens_its_operator_and_paper_shows_them_all()
    {
        await using OpenPage page = await pages.OpenAsync(pages.All, "dark");
        const string Closed = "document.querySelectorAll('details:not([open])').length";
        int before = await page.EvaluateAsync<int>(Closed);
        await page.Page.ClickAsync("tbody a[href='#op-tanh']");
        Assert.True(await page.EvaluateAsync<bool>("document.getElementById('op-tanh').open"));
        Assert.Equal(before - 1, await page.EvaluateAsync<int>(Closed));

        string night = await page.BackgroundAsync();
        await page.EvaluateAsync<int>("dispatchEvent(new Event('beforeprint')), 0");
        Assert.Equal(0, await page.EvaluateAsync<int>(Closed));
        Assert.NotEqual(night, await page.BackgroundAsync());
        await page.EvaluateAsync<int>("dispatchEvent(new Event('afterprint')), 0");
        Assert.Equal(before - 1, await page.EvaluateAsync<int>(Closed));
        Assert.Equal(night, await page.BackgroundAsync());
        Assert.Equal([], page.Complaints);
    }

    /// <summary>The readout has the very numbers that the page carries.</summary>
    private static void CheckReadout(JsonElement output, int row, int column, Dictionary<string, string> readout)
    {
        int i = row * output.GetProperty("width").GetInt32() + column;
        JsonElement exact = output.GetProperty("exact")[i], got = output.GetProperty("got")[i];
        Assert.Equal(Place(output, row, column), readout["output"]);
        AssertSame(exact, readout["exact"]);
        AssertSame(got, readout["got"]);
        AssertSame(output.GetProperty("bound")[i], readout["bound"]);
        double difference = (float)got.GetDouble() - exact.GetDouble();
        Assert.Equal(difference, Parse(readout["difference"]), Math.Abs(difference) * 1e-3);
    }

    /// <summary>The coordinates of a pixel, as the readout has them.</summary>
    private static string Place(JsonElement plane, int row, int column) =>
        $"[{plane.GetProperty("plane")[0]}, {plane.GetProperty("plane")[1]}, " +
        $"{plane.GetProperty("top").GetInt32() + row}, {plane.GetProperty("left").GetInt32() + column}]";

    private static void AssertSame(JsonElement number, string text) => Assert.Equal(number.GetDouble(), Parse(text));

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
