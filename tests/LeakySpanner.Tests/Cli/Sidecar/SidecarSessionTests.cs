using LeakySpanner.Model;
using LeakySpanner.Model.Findings;
using LeakySpanner.Model.Usage;
using LeakySpanner.Reports;
using LeakySpanner.Sidecar;
using LeakySpanner.Target;
using LeakySpanner.Testing.Requests;
using Shouldly;
using Xunit;
using Known = LeakySpanner.Tests.Cli.Reports.Diagnoses;

namespace LeakySpanner.Tests.Cli.Sidecar;

public sealed class SidecarSessionTests
{
    [Fact]
    public void Requests_of_all_workers_are_counted_by_name()
    {
        using var service = new WatchedService();
        var first = service.Start(4121);
        var second = service.Start(4122);
        second.Ring.Name("an endpoint that moves the others' indexes");
        first.Ring.Write("GET /query/{q}", milliseconds: 3, bytes: 100, delta: 4096);
        second.Ring.Write("GET /query/{q}", status: 404, milliseconds: 700, delta: 8192, overlapped: 2);
        second.Ring.Write("GET /query/{q}", status: 0, traits: RequestTraits.Raised);
        first.Ring.Write(status: 2, kind: RequestKind.Collection, milliseconds: 12, bytes: 77);
        service.Pass(1);

        var view = service.Session.View();

        var query = view.Endpoints.ShouldHaveSingleItem();
        (query.Name, query.Requests, query.ClientErrors, query.ServerErrors, query.ResponseBytes).ShouldBe(("GET /query/{q}", 3L, 1L, 1L, 100L));
        (query.Delta.Measured, query.Delta.Overlapped, query.Delta.SumBytes, query.Delta.MaxBytes).ShouldBe((2L, 1L, 12288L, 8192L));
        query.Latency.Count.ShouldBe(3);
        query.Latency.Counts[LatencyHistogram.Bounds.IndexOf(1.0)].ShouldBe(1);
        view.Workers.Select(worker => (worker.Slot, worker.Pid, worker.RecordsSeen)).ShouldBe([(0, 4121, 2L), (1, 4122, 2L)]);
        var pause = view.Workers[0].Pauses.ShouldHaveSingleItem();
        (pause.Generation, pause.Timed.Count, pause.Collected).ShouldBe((2, 1L, 77L));
    }

    [Fact]
    public void An_alert_is_repeated_after_another_threshold_and_not_with_every_sample()
    {
        using var service = new WatchedService();
        var worker = service.Start(4121);
        foreach (var rss in (double[])[349, 351, 360, 399, 402, 402, 300, 351])
        {
            worker.Process.RssMB = rss;
            service.Pass(2);
        }

        service.Log.Split("MEMORY GROWTH ALERT: ").Skip(1).Select(alert => alert.Split(' ')[0]).ShouldBe(["+51.0", "+102.0", "+51.0"]);
    }

    [Fact]
    public void A_fast_leak_is_told_of_a_few_times_and_not_a_hundred()
    {
        using var service = new WatchedService();
        var worker = service.Start(4121);
        for (var rss = 310; rss <= 5_300; rss += 10)
        {
            worker.Process.RssMB = rss;
            service.Pass(1);
        }

        service.Log.Split("MEMORY GROWTH ALERT: ").Length.ShouldBeInRange(8, 14);
    }

    [Fact]
    public void An_alert_asks_for_one_diagnosis_and_the_log_names_the_culprit()
    {
        using var service = new WatchedService();
        var worker = service.Start(4121);
        worker.Process.RssMB = 360;
        service.Pass(1);
        service.Session.View().IsDiagnosing.ShouldBeTrue();
        worker.Process.RssMB = 500;
        service.Pass(1);
        service.DiagnosesBegun.ShouldBe(1);

        Answer(service);

        var view = service.Session.View().Diagnoses.ShouldHaveSingleItem();
        view.Pid.ShouldBe(4121);
        view.Headline.ShouldContain("filled at");
        service.Pass(1);
        service.Log.ShouldContain("DIAGNOSIS of pid 4121: " + view.Headline);
    }

    [Fact]
    public void Unasked_diagnoses_of_a_worker_are_ten_minutes_apart_and_asked_ones_are_not()
    {
        using var service = new WatchedService();
        var worker = service.Start(4121);
        Alert(service, worker.Process);
        Answer(service);
        Alert(service, worker.Process);
        service.DiagnosesBegun.ShouldBe(1);

        service.Session.AskForDiagnosis().ShouldBeTrue();
        service.Session.AskForDiagnosis().ShouldBeFalse();
        Answer(service);
        service.Pass(601);
        Alert(service, worker.Process);

        service.DiagnosesBegun.ShouldBe(3);
    }

    [Fact]
    public void No_diagnosis_begins_of_itself_where_it_would_not_fit_below_the_limit()
    {
        using var service = new WatchedService();
        var worker = service.Start(4121, limitMB: 610);
        Alert(service, worker.Process);

        service.DiagnosesBegun.ShouldBe(0);
        service.Log.ShouldContain("MEMORY GROWTH ALERT");
        service.Log.ShouldContain("is not diagnosed, because that would not fit below its memory limit");
        service.Session.AskForDiagnosis().ShouldBeTrue();
    }

    [Fact]
    public void Level_basic_reads_no_heap_and_diagnoses_only_when_asked()
    {
        using var service = new WatchedService(SidecarLevel.Basic);
        var worker = service.Start(4121);
        Alert(service, worker.Process);
        service.Session.LookCloser(CancellationToken.None);

        service.DiagnosesBegun.ShouldBe(0);
        worker.Process.Heap!.Censuses.ShouldBe(0);
        service.Session.View().Workers[0].Unreadable!.ShouldContain("basic");
        service.Pass(5);
        service.Log.ShouldNotContain("GC=(");
        service.Session.AskForDiagnosis().ShouldBeTrue();
    }

    [Fact]
    public void A_worker_that_may_not_be_read_is_watched_all_the_same_and_that_is_said_once()
    {
        using var service = new WatchedService();
        var worker = service.Start(4121);
        worker.Process.Heap = null;
        for (var i = 0; i < 20; i++)
        {
            service.Pass(2);
            service.Session.LookCloser(CancellationToken.None);
        }

        service.Pass(1);
        service.Log.Split("is not read: not permitted").Length.ShouldBe(2);
        service.Session.View().Notes.ShouldHaveSingleItem().ShouldContain("4121");
        service.Session.View().Workers[0].Runtime.ShouldBeNull();
        service.Log.ShouldContain("RSS=300.0MB");
    }

    [Fact]
    public void A_worker_that_allows_us_late_is_read_then()
    {
        using var service = new WatchedService();
        var worker = service.Start(4121);
        var heap = worker.Process.Heap;
        worker.Process.Heap = null;
        service.Session.LookCloser(CancellationToken.None);
        worker.Process.Heap = heap;
        service.Pass(3);
        service.Session.LookCloser(CancellationToken.None);

        var view = service.Session.View().Workers[0];
        (view.Runtime, view.Unreadable, view.Tasks).ShouldBe(("CPython 3.11.2", null, 3));
        view.LastCensus.ShouldNotBeNull();
    }

    [Fact]
    public void What_a_worker_wrote_before_its_death_is_counted_and_an_out_of_memory_kill_is_told()
    {
        using var service = new WatchedService();
        var worker = service.Start(4121, limitMB: 512);
        service.Pass(1);
        worker.Ring.Write("GET /big", delta: 6 * ByteSize.MB);
        worker.Process.OomKills = 1;
        worker.Process.HasEnded = true;
        service.Pass(1);

        var view = service.Session.View();
        (view.Workers.Length, view.Ended, view.Endpoints.Single().Requests).ShouldBe((0, 1, 1L));
        service.Log.ShouldContain("ENDPOINT GET /big  mem_delta=+6.00MB  status=200\n");
        service.Log.ShouldContain("WORKER 0 ended  pid=4121  RSS=300.0MB  killed by the kernel: its limit is 512 MB (cgroup v2 memory.max of /shop)");
        SpinWait.SpinUntil(() => worker.Process.IsDisposed, TimeSpan.FromSeconds(10)).ShouldBeTrue();
    }

    [Fact]
    public void The_service_is_over_with_its_root_or_after_a_while_without_workers()
    {
        using var service = new WatchedService();
        service.Pass(10);
        service.Session.IsOver.ShouldBeFalse();
        service.Pass(6);
        service.Session.IsOver.ShouldBeTrue();

        var worker = service.Start(4121);
        service.RootHasEnded = true;
        service.Pass(30);
        service.Session.IsOver.ShouldBeFalse();
        worker.Process.HasEnded = true;
        service.Pass(1);
        service.Session.IsOver.ShouldBeTrue();
    }

    [Fact]
    public void Registering_again_replaces_the_ring_and_a_later_worker_takes_a_free_slot()
    {
        using var service = new WatchedService();
        var first = service.Start(4121);
        service.Start(4122).Welcome.Slot.ShouldBe(1);
        first.Ring.Write();
        service.Pass(1);
        var (ring, welcome) = service.Register(4121);
        ring.Write(count: 2);
        service.Pass(1);
        welcome.Slot.ShouldBe(0);
        service.Session.View().Endpoints.Single().Requests.ShouldBe(3);

        first.Process.HasEnded = true;
        service.Pass(1);
        service.Start(4123).Welcome.Slot.ShouldBe(0);
    }

    [Fact]
    public void A_ring_elsewhere_is_not_followed_and_an_unknown_process_is_refused()
    {
        using var service = new WatchedService();
        var worker = service.Start(4121);
        using var elsewhere = new RingWriter();

        service.Session.Register(new WorkerRegistration(4121, elsewhere.Path, "0.1.0", false)).Warnings.ShouldHaveSingleItem().ShouldContain("is not in");
        Should.Throw<TargetException>(() => service.Session.Register(new WorkerRegistration(9, worker.Ring.Path, "0.1.0", false)));
        Should.Throw<TargetException>(() => service.Session.BeginCollection(9));
    }

    [Fact]
    public void A_collection_tells_what_it_gave_back()
    {
        using var service = new WatchedService();
        var worker = service.Start(4121);
        service.Session.BeginCollection(4121);
        worker.Process.RssMB = 280;

        var result = service.Session.EndCollection(new CollectionReport(4121, 5012, 0, 0.012, true, 0.003));

        (result.RssBefore, result.RssAfter).ShouldBe((300 * ByteSize.MB, 280 * ByteSize.MB));
        service.Pass(1);
        service.Log.ShouldContain("COLLECTED 5,012 objects in 12 ms, trimmed  RSS=280.0MB  change=-20.0MB");
    }

    [Fact]
    public void A_log_that_cannot_be_written_is_told_to_the_first_worker_and_nothing_else_changes()
    {
        using var service = new WatchedService();
        var options = service.Options with { LogPath = "/proc/no/such/folder" };
        using var session = new SidecarSession(options, new SessionSources(pid => new FakeWorker(pid), () => false, (_, _) => Task.FromResult<(string?, string?)>((null, null)), (_, _) => service.Costs, () => null), service.Clock);

        var first = session.Register(new WorkerRegistration(4121, "", "0.1.0", false));
        var second = session.Register(new WorkerRegistration(4122, "", "0.1.0", false));
        session.Tick();

        first.Warnings.ShouldContain(warning => warning.Contains("/proc/no/such/folder", StringComparison.Ordinal));
        first.LogFile.ShouldBeNull();
        second.Warnings.ShouldNotContain(warning => warning.Contains("/proc/no/such/folder", StringComparison.Ordinal));
        session.View().Notes.ShouldNotBeEmpty();
    }

    [Fact]
    public void Costs_stand_at_their_endpoints()
    {
        using var service = new WatchedService { Costs = new RouteCosts([new RouteCost("GET /", 1, 4096, 4000, 4200, 0.9)], 10, 30, []) };
        var worker = service.Start(4121);
        worker.Ring.Write("GET /");
        service.Pass(11);
        service.Session.LookCloser(CancellationToken.None);

        var view = service.Session.View();
        view.Costs!.Routes.ShouldHaveSingleItem();
        view.Endpoints.Single().Cost!.BytesPerRequest.ShouldBe(4096);
    }

    private static void Alert(WatchedService service, FakeWorker worker)
    {
        worker.RssMB *= 2;
        service.Pass(1);
    }

    private static void Answer(WatchedService service)
    {
        service.Diagnosis.SetResult((ReportJson.Of(Known.Leak), null));
        SpinWait.SpinUntil(() => !service.Session.View().IsDiagnosing, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        service.Diagnosis = new();
    }
}
