using LeakySpanner.Analysis.Attribution;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Analysis.Attribution;

public sealed class SourceFilesTests
{
    [Theory]
    [InlineData("/srv/app/cache.py", true)]
    [InlineData("main.py", true)]
    [InlineData("/srv/leakyspanner_demo/main.py", true)]
    [InlineData("/usr/lib/python3.11/json/decoder.py", false)]
    [InlineData("/srv/venv/lib/python3.12/site-packages/starlette/routing.py", false)]
    [InlineData("/srv/checkout/python/leakyspanner/_asgi.py", false)]
    [InlineData("<string>", false)]
    [InlineData("", false)]
    public void The_application_is_what_was_not_installed_and_not_ours(string file, bool isApplication) =>
        SourceFiles.IsApplication(file).ShouldBe(isApplication);
}
