// Whether and how the content of messages is looked at.
namespace MailFunctions.App.Scanning;

/// <summary>The settings of scanning (section <c>Mail:Scan</c>), all of them valid.</summary>
internal sealed record ScanOptions
{
    /// <summary>Where rspamd answers; null for no scanning.</summary>
    public Uri? Rspamd { get; init; }

    /// <summary>How long it may take for one message.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether a message that could not be looked at is kept back and looked at later, for as long as <see cref="Patience"/>.</summary>
    public bool IsClosed { get; init; }

    /// <summary>How long a message is kept back at most; then it is delivered with the word that it was not looked at. Mail is never lost for want of a judge.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromHours(4);

    /// <summary>The largest message that is looked at, in octets.</summary>
    public long MaxBytes { get; init; } = 20 * 1024 * 1024;

    /// <summary>Reads the settings and notes what is wrong with them.</summary>
    public static ScanOptions Read(SettingsReader settings)
    {
        var usual = new ScanOptions();
        Uri? rspamd = null;
        if (settings.Text("Mail:Scan:Rspamd") is { } text
            && (!Uri.TryCreate(text, UriKind.Absolute, out rspamd) || rspamd.Scheme is not ("http" or "https") || rspamd.PathAndQuery != "/" || rspamd.UserInfo.Length > 0))
            settings.Fail($"Mail:Scan:Rspamd is '{text}' and must be the address of a worker of rspamd, like http://10.0.0.4:11333.");
        return new ScanOptions
        {
            Rspamd = rspamd,
            Timeout = settings.Time("Mail:Scan:Timeout", usual.Timeout),
            IsClosed = settings.Choice("Mail:Scan:OnFailure", "open", "closed") == "closed",
            MaxBytes = settings.Count("Mail:Scan:MaxBytes", (int)usual.MaxBytes, 1024 * 1024 * 1024),
        };
    }
}
