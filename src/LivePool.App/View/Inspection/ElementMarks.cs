using LivePool.Gpu.Display;
using LivePool.Verification.Explanations;

namespace LivePool.App.View.Inspection;

/// <summary>Marks the element that is looked at, what it was computed from, and what is computed from it, in their pictures.</summary>
internal sealed class ElementMarks(Picture picture, Inspector inspector)
{
    private const int LeastCell = 6;

    public void Draw()
    {
        if (inspector.At is not { } at || picture.Stages.Compiled is null)
            return;
        foreach (Tile tile in picture.Tiles)
        {
            if (tile.Stage == at.Stage && tile.Channel == at.Channel)
                picture.Outline(picture.PlaceOf(tile, at.Row, at.Column), tile.Place, picture.Theme.Accent, 2);
            else if (inspector.Current is { } found)
                Draw(tile, found);
        }
    }

    private void Draw(in Tile tile, ElementInspection found)
    {
        for (int i = 0; i < found.Reached.Count; i++)
        {
            if (found.Reached[i].Has(tile.Stage, tile.Channel))
                Outline(tile, found.Reached[i].Field);
        }
        IReadOnlyList<Tap> taps = tile.Stage == found.At.Stage - 1 ? found.ShownTaps : [];
        bool isSeen = taps.Count == 0;
        for (int i = 0; i < taps.Count; i++)
        {
            if (!taps[i].IsInside || taps[i].Channel != tile.Channel)
                continue;
            isSeen = true;
            PixelRectangle place = picture.PlaceOf(tile, taps[i].Row!.Value, taps[i].Column!.Value);
            // Holes between the taps show where they are wide enough to be seen.
            if (place.Width >= LeastCell && place.Height >= LeastCell)
                picture.Outline(new(place.X + 1, place.Y + 1, place.Width - 2, place.Height - 2), tile.Place, picture.Theme.Accent, 1);
        }
        for (int i = 0; i < found.Fields.Count; i++)
        {
            if (found.Fields[i].Stage == tile.Stage && isSeen)
                Outline(tile, found.Fields[i]);
        }
    }

    private void Outline(in Tile tile, in Field field)
    {
        PixelRectangle first = picture.PlaceOf(tile, field.Top, field.Left), last = picture.PlaceOf(tile, field.Bottom, field.Right);
        picture.Outline(new(first.X, first.Y, last.X + last.Width - first.X, last.Y + last.Height - first.Y), tile.Place, picture.Theme.Accent, 2);
    }
}
