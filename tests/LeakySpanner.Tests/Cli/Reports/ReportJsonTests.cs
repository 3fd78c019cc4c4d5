using System.Text.Json;
using LeakySpanner.Reports;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Cli.Reports;

public sealed class ReportJsonTests
{
    [Fact]
    public void Where_the_process_runs_is_told()
    {
        using var json = JsonDocument.Parse(ReportJson.Of(Diagnoses.Leak with { Process = Diagnoses.Process with { Container = Diagnoses.Container, InnermostPid = 7 } }));
        var process = json.RootElement.GetProperty("process");

        process.GetProperty("pid").GetInt32().ShouldBe(4121);
        process.GetProperty("innermost_pid").GetInt32().ShouldBe(7);
        process.GetProperty("container").GetProperty("runtime").GetString().ShouldBe("containerd");
        process.GetProperty("container").GetProperty("id").GetString().ShouldBe(Diagnoses.Container.Id);
        process.GetProperty("container").GetProperty("pod_uid").GetString().ShouldBe(Diagnoses.Container.PodUid);
        process.GetProperty("container").GetProperty("name").GetString().ShouldBe("shop");
        process.GetProperty("container").GetProperty("host_name").GetString().ShouldBe("shop-7c9d5");
    }

    [Fact]
    public void No_container_is_null()
    {
        using var json = JsonDocument.Parse(ReportJson.Of(Diagnoses.Leak));

        json.RootElement.GetProperty("process").GetProperty("container").ValueKind.ShouldBe(JsonValueKind.Null);
        json.RootElement.GetProperty("process").GetProperty("innermost_pid").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public void The_fields_of_the_schema_are_there()
    {
        using var json = JsonDocument.Parse(ReportJson.Of(Diagnoses.Leak));
        var root = json.RootElement;

        root.GetProperty("schema").GetString().ShouldBe("leakyspanner.diagnosis/1");
        root.GetProperty("process").GetProperty("pid").GetInt32().ShouldBe(4121);
        root.GetProperty("process").GetProperty("command").GetString().ShouldBe("/usr/bin/python3 -m uvicorn shop_api:app");
        root.GetProperty("process").GetProperty("runtime").GetString().ShouldBe("CPython 3.11.2");
        var verdict = root.GetProperty("verdict");
        verdict.GetProperty("leak").GetBoolean().ShouldBeTrue();
        verdict.GetProperty("severity").GetString().ShouldBe("HIGH");
        verdict.GetProperty("growth_bytes_per_minute").GetDouble().ShouldBe(12897484.8, 0.1);
        verdict.GetProperty("confidence").GetDouble().ShouldBe(0.99);
        verdict.GetProperty("time_to_limit_seconds").GetDouble().ShouldBe(2460);
        var suspect = root.GetProperty("suspects")[0];
        suspect.GetProperty("rank").GetInt32().ShouldBe(1);
        suspect.GetProperty("kind").GetString().ShouldBe("container");
        suspect.GetProperty("name").GetString().ShouldBe("app.cache.results_cache");
        suspect.GetProperty("type").GetString().ShouldBe("dict");
        suspect.GetProperty("growth_objects_per_minute").GetDouble().ShouldBe(5012);
        suspect.GetProperty("growth_bytes_per_minute").GetDouble().ShouldBe(12_100_000);
        suspect.GetProperty("retained_bytes").GetInt64().ShouldBe(641_728_512);
        suspect.GetProperty("share_of_growth").GetDouble().ShouldBe(0.94);
        suspect.GetProperty("path").EnumerateArray().Select(part => part.GetString()).ShouldBe(["module app.cache", "results_cache"]);
        var site = suspect.GetProperty("allocated_at")[0];
        site.GetProperty("file").GetString().ShouldBe("app/cache.py");
        site.GetProperty("line").GetInt32().ShouldBe(42);
        site.GetProperty("function").GetString().ShouldBe("search");
        var endpoint = suspect.GetProperty("endpoints")[0];
        endpoint.GetProperty("route").GetString().ShouldBe("GET /query/{q}");
        endpoint.GetProperty("share").GetDouble().ShouldBe(0.97);
        endpoint.GetProperty("bytes_per_request").GetDouble().ShouldBe(2457);
        suspect.GetProperty("pattern").GetString().ShouldBe("unbounded_cache");
        suspect.GetProperty("explanation").GetString().ShouldNotBeNullOrEmpty();
        suspect.GetProperty("fix").GetString().ShouldStartWith("results_cache = ");
        root.GetProperty("suspects")[1].GetProperty("kind").GetString().ShouldBe("file-descriptor");
        root.GetProperty("balance")[0].GetProperty("name").GetString().ShouldBe("python_objects");
        root.GetProperty("balance")[0].GetProperty("bytes").GetInt64().ShouldBe(736_100_352);
        var coverage = root.GetProperty("coverage");
        coverage.GetProperty("objects_seen").GetInt64().ShouldBe(5_210_334);
        coverage.GetProperty("faults").GetInt64().ShouldBe(12);
        coverage.GetProperty("paused_ms").GetDouble().ShouldBe(0);
    }

    [Fact]
    public void What_requests_leave_is_told_by_route()
    {
        using var json = JsonDocument.Parse(ReportJson.Of(Diagnoses.Leak));
        var costs = json.RootElement.GetProperty("endpoints_cost");

        costs[0].GetProperty("route").GetString().ShouldBe("GET /query/{q}");
        costs[0].GetProperty("requests").GetInt64().ShouldBe(4_900);
        costs[0].GetProperty("bytes_per_request").GetDouble().ShouldBe(2457);
        costs[0].GetProperty("low").GetDouble().ShouldBe(1940);
        costs[0].GetProperty("high").GetDouble().ShouldBe(2970);
        costs[0].GetProperty("share").GetDouble().ShouldBe(0.97);
        costs[1].GetProperty("low").ValueKind.ShouldBe(JsonValueKind.Null);
        json.RootElement.GetProperty("background_bytes_per_minute").GetDouble().ShouldBe(21_000);
        json.RootElement.GetProperty("suspects")[0].GetProperty("endpoints")[0].GetProperty("low").GetDouble().ShouldBe(1940);
        JsonDocument.Parse(ReportJson.Of(Diagnoses.Short)).RootElement.GetProperty("endpoints_cost").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public void What_is_not_known_is_null_or_empty()
    {
        using var json = JsonDocument.Parse(ReportJson.Of(Diagnoses.Short));
        var verdict = json.RootElement.GetProperty("verdict");

        verdict.GetProperty("leak").ValueKind.ShouldBe(JsonValueKind.Null);
        verdict.GetProperty("outcome").GetString().ShouldBe("too_early_to_tell");
        verdict.GetProperty("time_to_limit_seconds").ValueKind.ShouldBe(JsonValueKind.Null);
        verdict.GetProperty("growth_bytes_per_minute").ValueKind.ShouldBe(JsonValueKind.Null);
        verdict.GetProperty("growth_low_bytes_per_minute").ValueKind.ShouldBe(JsonValueKind.Null);
        json.RootElement.GetProperty("suspects").GetArrayLength().ShouldBe(0);
        json.RootElement.GetProperty("process").GetProperty("limit_bytes").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public void A_suspect_of_which_little_is_known_keeps_every_field()
    {
        using var json = JsonDocument.Parse(ReportJson.Of(Diagnoses.Leak with { Suspects = [Diagnoses.Descriptors] }));
        var suspect = json.RootElement.GetProperty("suspects")[0];

        suspect.GetProperty("growth_bytes_per_minute").ValueKind.ShouldBe(JsonValueKind.Null);
        suspect.GetProperty("share_of_growth").ValueKind.ShouldBe(JsonValueKind.Null);
        suspect.GetProperty("path").GetArrayLength().ShouldBe(0);
        suspect.GetProperty("allocated_at").GetArrayLength().ShouldBe(0);
        suspect.GetProperty("endpoints").GetArrayLength().ShouldBe(0);
        suspect.GetProperty("fix").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public void It_is_one_line() => ReportJson.Of(Diagnoses.Leak).ShouldNotContain('\n');

    [Fact]
    public void Several_processes_are_one_object()
    {
        using var json = JsonDocument.Parse(ReportJson.Of([Diagnoses.Leak, Diagnoses.Short]));

        json.RootElement.GetProperty("schema").GetString().ShouldBe("leakyspanner.diagnoses/1");
        json.RootElement.GetProperty("diagnoses").EnumerateArray()
            .Select(diagnosis => diagnosis.GetProperty("schema").GetString()).ShouldBe(["leakyspanner.diagnosis/1", "leakyspanner.diagnosis/1"]);
    }
}
