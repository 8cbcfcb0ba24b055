// The messages of Apache James mime4j, with the torture set of MIME-tools: decoded bodies octet for octet.
using MailFunctions.Rig;

namespace MailFunctions.Unit.Mime;

public sealed class Mime4jMessages
{
    [Fact]
    public void Bodies_are_decoded_octet_for_octet()
    {
        var folder = Testdata.Require("mime-mime4j");
        var different = new List<string>();
        var details = new List<string>();
        var compared = 0;
        foreach (var path in Directory.EnumerateFiles(folder, "*.msg", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            var octets = File.ReadAllBytes(path);
            var (message, bodies) = Bodies.Read(octets);
            foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, $"{name}_decoded_1*").Order(StringComparer.Ordinal))
            {
                compared++;
                var number = Path.GetFileNameWithoutExtension(file)[(name.Length + "_decoded_".Length)..].Replace('_', '.');
                var part = message.Parts.FirstOrDefault(part => part.Path == number);
                var body = part is null ? [] : part.IsLeaf ? bodies[part] : octets[(int)part.BodyOffset..(int)part.End];
                if (part is not null && body.AsSpan().SequenceEqual(File.ReadAllBytes(file)))
                    continue;
                different.Add($"{name} {number}");
                details.Add($"{name} {number}: {body.Length} octets for {new FileInfo(file).Length}");
            }
        }
        Assert.True(compared > 50);
        LeftOut.Covers("mime-mime4j", different, details);
    }
}
