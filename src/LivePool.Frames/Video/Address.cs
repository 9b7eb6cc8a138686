using System.Text.RegularExpressions;

namespace LivePool.Frames.Video;

/// <summary>Addresses as they may be shown: titles, reports and messages are seen by others than who typed a password.</summary>
internal static partial class Address
{
    /// <summary>A text with what stands before the host of its addresses, and after passphrases' names, as three stars.</summary>
    public static string WithoutSecrets(string text) => Passphrase().Replace(UserInfo().Replace(text, "://***@"), "$1***");

    // Up to the last @ before the path, as ffmpeg reads it.
    [GeneratedRegex(@"://[^/?#\s]*@")]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"([?&]pass\w*=)[^&#\s]+", RegexOptions.IgnoreCase)]
    private static partial Regex Passphrase();
}
