using System.Xml.Linq;
using LivePool.App.Reports.Html;
using LivePool.Verification;

namespace LivePool.App.Tests.Reports.Html;

public sealed class HistogramChartTests
{
    [Fact]
    public void Every_bin_with_elements_is_a_bar_and_words()
    {
        long[] counts = new long[ComparisonReport.HistogramLength];
        (counts[0], counts[1], counts[2], counts[14], counts[15]) = (1_234_567, 1, 1000, 20, 3);
        XElement chart = XElement.Parse(HistogramChart.Create("conv2d", counts).ToString());

        Assert.Equal("img", (string?)chart.Attribute("role"));
        Assert.Equal("Errors of conv2d, elements by share of the bound. " +
            "equal, once rounded to float32: 1,234,567; up to 2^-13: 1; 2^-13 to 2^-12: 1,000; " +
            "2^-1 to 2^0: 20; beyond the bound: 3", (string?)chart.Attribute("aria-label"));
        double[] heights = [.. chart.Elements("rect").Select(bar => (double)bar.Attribute("height")!)];
        Assert.Equal(5, heights.Length);
        Assert.True(heights[0] > heights[2] && heights[2] > heights[3] && heights[3] > heights[4] && heights[4] > heights[1] && heights[1] > 5);
        Assert.All(chart.Elements("rect"), bar => Assert.True((double)bar.Attribute("y")! > 15));
        Assert.Equal(["1", "10", "100", "1k", "10k", "100k", "1M", "10M"],
            chart.Elements("text").Where(text => (string?)text.Attribute("class") == "count").Select(text => text.Value));
    }

    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.0001, 1)]
    [InlineData(0.3, 13)]
    [InlineData(1.0, 14)]
    [InlineData(1.1, 15)]
    public void A_bars_words_are_those_of_its_bin(double share, int bin)
    {
        long[] counts = new long[ComparisonReport.HistogramLength];
        counts[ComparisonReport.HistogramBin(share)] = 5;
        string words = XElement.Parse(HistogramChart.Create("x", counts).ToString()).Element("rect")!.Value.Trim();
        string expected = bin switch { 0 => "equal, once rounded to float32", 1 => "up to 2^-13", 13 => "2^-2 to 2^-1", 14 => "2^-1 to 2^0", _ => "beyond the bound" };
        Assert.Equal($"{expected}: 5 elements", words);
    }
}
