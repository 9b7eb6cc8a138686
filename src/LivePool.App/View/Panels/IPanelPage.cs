namespace LivePool.App.View.Panels;

/// <summary>One of the side panel's pages.</summary>
internal interface IPanelPage
{
    /// <summary>What its tab says.</summary>
    string Name { get; }

    /// <summary>Whether what it shows changes by itself, so that it is drawn again a few times a second.</summary>
    bool IsLive => false;

    /// <summary>Draws it on the panel's canvas.</summary>
    void Draw();
}
