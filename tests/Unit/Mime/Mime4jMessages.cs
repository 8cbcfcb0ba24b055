// The messages of Apache James mime4j, with the torture set of MIME-tools: decoded bodies octet for octet.
using System.Text;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Mime;

public sealed class Mime4jMessages
{
    [Fact]
    public void Bodies_are_decoded_octet_for_octet()
    {
        var folder = Testdata.Require("mime-mime4j");
        var wrong = new List<string>();
        var compared = 0;
        foreach (var path in Directory.EnumerateFiles(folder, "*.msg", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            var (message, bodies) = Bodies.Read(File.ReadAllBytes(path));
            foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, $"{name}_decoded_1*").Order(StringComparer.Ordinal))
            {
                compared++;
                var number = Path.GetFileNameWithoutExtension(file)[(name.Length + "_decoded_".Length)..].Replace('_', '.');
                var part = message.Parts.FirstOrDefault(part => part.Path == number);
                if (part is null)
                {
                    wrong.Add($"{name} {number}: no such part");
                    continue;
                }
                var octets = file.EndsWith(".txt", StringComparison.Ordinal) ? Encoding.UTF8.GetBytes(bodies.TextOf(part)) : bodies[part];
                if (!octets.AsSpan().SequenceEqual(File.ReadAllBytes(file)))
                    wrong.Add($"{name} {number}: {octets.Length} octets for {new FileInfo(file).Length}");
            }
        }
        Assert.True(compared > 50);
        Assert.Equal([], wrong);
    }
}
