// The key under which a local run signs the return paths of forwarded mail.
using System.Security.Cryptography;

namespace MailFunctions.Local;

/// <summary>Made at random once and kept, so that what comes back after a restart is still understood. Only its owner can read it.</summary>
internal static class LocalSrsKey
{
    private const int Octets = 32;

    /// <summary>The key in the file, which is made unless it is there.</summary>
    public static string Ensure(string path)
    {
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: 2 * Octets } kept)
            return kept;
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Octets));
        OwnFile.Replace(path, key + "\n");
        return key;
    }
}
