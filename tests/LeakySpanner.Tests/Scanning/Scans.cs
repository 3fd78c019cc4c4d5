using System.Text;
using LeakySpanner.Scanning;

namespace LeakySpanner.Tests.Scanning;

/// <summary>Scans of files that are written in the test.</summary>
internal static class Scans
{
    /// <summary>One finding of high severity in `shop/app.py`, line 10, and one of medium in a file with odd letters in its name.</summary>
    public static ScanResult OfTwoFiles() => Of(
        ("shop/app.py", """
            import time
            from fastapi import FastAPI

            app = FastAPI()


            # ä
            @app.get("/slow")
            async def slow():
                time.sleep(1)
            """),
        ("shop/tasks <a>.py", """
            import httpx
            from fastapi import FastAPI
            app = FastAPI()
            @app.get("/rate")
            def rate():
                with httpx.Client() as client:
                    return client.get("http://x").text
            """));

    public static ScanResult Of(params (string Path, string Text)[] files)
    {
        var texts = files.ToDictionary(file => file.Path, file => Encoding.UTF8.GetBytes(file.Text));
        return new Scanner(new ScanOptions { Jobs = 1 }).Scan([.. texts.Keys], path => texts[path]);
    }
}
