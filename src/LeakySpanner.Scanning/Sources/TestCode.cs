namespace LeakySpanner.Scanning.Sources;

/// <summary>Files of tests: what they leave behind ends with the test run.</summary>
public static class TestCode
{
    public static bool IsOne(string path)
    {
        var parts = path.Split('/');
        var file = parts[^1];
        return file.StartsWith("test_", StringComparison.Ordinal) || file.EndsWith("_test.py", StringComparison.Ordinal) || file is "conftest.py"
            || parts[..^1].Any(part => part is "tests" or "test" or "testing");
    }
}
