// What keeps a benchmark from measuring work that was not done.
namespace MailFunctions.Bench.HotPaths;

/// <summary>Looks at results once, before anything is measured.</summary>
internal static class Checked
{
    /// <summary>Nothing, if the result is the right one.</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    public static void Is<T>(T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new InvalidOperationException($"The work is not done: {actual} in place of {expected}.");
    }
}
