using System.Collections.Immutable;
using LeakySpanner.Target.Permissions;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.Target.Permissions;

/// <summary>Each rule of ptrace(2), "Ptrace access mode checking", on its own.</summary>
public sealed class AccessBarriersTests
{
    private static readonly Capabilities None = new(0);
    private static readonly Capabilities Trace = new(1 << 19);
    private static readonly Capabilities NetBind = new(1 << 10);
    private static readonly ProcessRights Service = Of(1000, None);

    [Fact]
    public void The_same_user_may() => Between(Of(1000, None), Service).ShouldBeEmpty();

    [Fact]
    public void Another_user_may_not_unless_it_has_SYS_PTRACE()
    {
        Between(Of(33, None), Service).ShouldBe([AccessBarrier.OtherUser]);
        Between(Of(0, None), Service).ShouldBe([AccessBarrier.OtherUser]);
        Between(Of(0, Trace), Service).ShouldBeEmpty();
    }

    [Fact]
    public void All_three_users_of_the_process_count()
    {
        Between(Of(1000, None), Service with { EffectiveUser = 0 }).ShouldBe([AccessBarrier.OtherUser]);
        Between(Of(1000, None), Service with { SavedUser = 0 }).ShouldBe([AccessBarrier.OtherUser]);
    }

    [Fact]
    public void A_process_that_asked_to_be_left_alone()
    {
        Between(Of(1000, None), Service with { IsDumpable = false }).ShouldBe([AccessBarrier.NotDumpable]);
        Between(Of(0, Trace), Service with { IsDumpable = false }).ShouldBeEmpty();
    }

    [Fact]
    public void A_process_with_capabilities_that_we_lack()
    {
        Between(Of(1000, None), Of(1000, NetBind)).ShouldBe([AccessBarrier.MoreCapabilities]);
        Between(Of(1000, NetBind), Of(1000, NetBind)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Yama(int scope)
    {
        AccessBarriers.Between(Of(1000, None), Service, scope).ShouldBe([AccessBarrier.PtraceScope]);
        AccessBarriers.Between(Of(33, None), Service, scope).ShouldBe([AccessBarrier.OtherUser, AccessBarrier.PtraceScope]);
        AccessBarriers.Between(Of(0, Trace), Service, scope).ShouldBeEmpty();
        AccessBarriers.Between(Of(0, Trace), Service, 3).ShouldBe([AccessBarrier.NoTracing]);
    }

    [Fact]
    public void Capabilities_of_a_user_namespace_end_at_its_border()
    {
        var inside = Of(0, Trace) with { UserNamespace = "user:[4026532198]" };
        var outside = Service with { UserNamespace = KernelRules.FirstUserNamespace };

        Between(inside, outside).ShouldBe([AccessBarrier.OtherUser, AccessBarrier.UserNamespace]);
        Between(inside, Service with { UserNamespace = inside.UserNamespace }).ShouldBeEmpty();
        Between(Of(0, Trace) with { UserNamespace = KernelRules.FirstUserNamespace }, Service with { UserNamespace = inside.UserNamespace }).ShouldBeEmpty();
    }

    [Fact]
    public void A_security_module_is_suspected_where_nothing_else_explains_it()
    {
        Between(Of(0, Trace) with { SecurityLabel = "docker-default (enforce)" }, Service).ShouldBe([AccessBarrier.SecurityModule]);
        Between(Of(33, None) with { SecurityLabel = "docker-default (enforce)" }, Service).ShouldBe([AccessBarrier.OtherUser]);
    }

    private static ImmutableArray<AccessBarrier> Between(ProcessRights ours, ProcessRights theirs) => AccessBarriers.Between(ours, theirs, null);

    private static ProcessRights Of(uint user, Capabilities capabilities) => new(user, user, user, capabilities, capabilities, capabilities);
}
