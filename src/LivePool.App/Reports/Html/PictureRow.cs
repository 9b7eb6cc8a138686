namespace LivePool.App.Reports.Html;

/// <summary>Places for the four pictures of a case, which the page's script draws, and for the numbers under the pointer.</summary>
internal static class PictureRow
{
    public static Fragment Create(string name, CasePictures pictures) => Fragment.Of($"""
        <div class="pictures" data-operator="{name}">
        {Picture("input", "Input", InputNote(pictures))}
        {Picture("exact", "Exact", Plane(pictures.Output))}
        {Picture("got", "Got", Plane(pictures.Output))}
        {Picture("difference", "Difference", "error as a share of its bound")}
        <dl class="readout" aria-live="polite"></dl>
        <p class="marks"></p>
        </div>
        """);

    private static Fragment Picture(string kind, string title, string note) => Fragment.Of($"""
        <figure data-picture="{kind}">
        <figcaption><b>{title}</b> <span>{note}</span></figcaption>
        <canvas tabindex="0" role="application" aria-label="{title}, {note}; the arrow keys move, the numbers are below"></canvas>
        <div class="scale"></div>
        </figure>
        """);

    private static string InputNote(CasePictures pictures) => pictures.ChannelsRead > 1
        ? $"{Plane(pictures.Input)}, the first of {pictures.ChannelsRead} channels that the element is made of"
        : Plane(pictures.Input);

    private static string Plane(Crop crop)
    {
        string part = crop.IsPart
            ? $", rows {crop.Top}–{crop.Top + crop.Height - 1} of {crop.Shape.H} " +
                $"and columns {crop.Left}–{crop.Left + crop.Width - 1} of {crop.Shape.W}"
            : "";
        return $"plane [{crop.N}, {crop.C}] of {crop.Shape}{part}";
    }
}
