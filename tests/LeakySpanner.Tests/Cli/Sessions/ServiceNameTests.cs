using LeakySpanner.Sessions;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Sessions;

public sealed class ServiceNameTests
{
    [Theory]
    [InlineData("/usr/bin/python3 -m uvicorn shop.main:app --port 8000", "shop.main:app", "uvicorn")]
    [InlineData("/usr/bin/python3 /usr/bin/uvicorn main:app --host 127.0.0.1:80", "main:app", "uvicorn")]
    [InlineData("/usr/bin/python3 /usr/bin/gunicorn -k uvicorn.workers.UvicornWorker -b 0.0.0.0:80 api:create_app()", "api:create_app()", "gunicorn")]
    [InlineData("python3 ./server/app.py --debug", "app.py", null)]
    [InlineData("python3 -m shop", "shop", null)]
    [InlineData("python3 -m uvicorn", "uvicorn", "uvicorn")]
    [InlineData("/opt/python/bin/python3", "python3", null)]
    public void The_application_is_named_on_the_command_line(string command, string name, string? server) =>
        ServiceName.Of(command.Split(' ')).ShouldBe(new ServiceName(name, server));

    [Fact]
    public void A_process_title_counts_as_a_command_line() =>
        ServiceName.Of(["gunicorn: worker [main:app]"]).ShouldBe(new ServiceName("main:app", "gunicorn"));

    [Fact]
    public void No_command_line_at_all() => ServiceName.Of([]).Name.ShouldBe("process");
}
