using System.Globalization;
using System.Xml;
using LeakySpanner.Scanning;
using LeakySpanner.Scanning.Rules;

namespace LeakySpanner.Reports.Scan;

/// <summary>A test report, as build servers read it: a suite per file with findings, a failure per finding; one test that passed where there is none.</summary>
public static class ScanJUnit
{
    public static void Write(TextWriter output, ScanResult result)
    {
        using var xml = XmlWriter.Create(output, new XmlWriterSettings { Indent = true, NewLineChars = "\n", CloseOutput = false });
        var tests = Math.Max(1, result.Findings.Count);
        xml.WriteStartElement("testsuites");
        WriteCounts(xml, "leakyspanner scan-code", tests, result.Findings.Count);
        foreach (var file in result.Findings.GroupBy(finding => finding.File.Path))
        {
            xml.WriteStartElement("testsuite");
            WriteCounts(xml, file.Key, file.Count(), file.Count());
            foreach (var finding in file)
                WriteCase(xml, finding);
            xml.WriteEndElement();
        }

        if (result.Findings.Count == 0)
        {
            xml.WriteStartElement("testsuite");
            WriteCounts(xml, "leakyspanner scan-code", 1, 0);
            xml.WriteStartElement("testcase");
            xml.WriteAttributeString("name", $"{result.Files} files");
            xml.WriteAttributeString("classname", "leakyspanner");
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
        xml.Flush();
        output.WriteLine();
    }

    private static void WriteCase(XmlWriter xml, Finding finding)
    {
        var (line, column) = finding.Position;
        var place = $"{finding.File.Path}:{line}:{column}";
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("name", Clean($"{finding.Rule.Id} {line}:{column}"));
        xml.WriteAttributeString("classname", Clean(finding.File.Path));
        xml.WriteAttributeString("file", Clean(finding.File.Path));
        xml.WriteAttributeString("line", line.ToString(CultureInfo.InvariantCulture));
        xml.WriteStartElement("failure");
        xml.WriteAttributeString("type", finding.Rule.Id);
        xml.WriteAttributeString("message", Clean(finding.Message));
        xml.WriteString(Clean($"{place}: {Plain.Of(finding.Severity)}: {finding.Message}") + "\n" + Clean($"Fix: {finding.Fix.ReplaceLineEndings(" ")}"));
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void WriteCounts(XmlWriter xml, string name, int tests, int failures)
    {
        xml.WriteAttributeString("name", Clean(name));
        xml.WriteAttributeString("tests", tests.ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("failures", failures.ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("errors", "0");
    }

    /// <summary>XML 1.0 has no place for some characters, escaped or not.</summary>
    private static string Clean(string text) => string.Concat(Plain.Of(text).Select(letter => XmlConvert.IsXmlChar(letter) || char.IsSurrogate(letter) ? letter : '?'));
}
