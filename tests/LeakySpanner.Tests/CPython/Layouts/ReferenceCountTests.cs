using LeakySpanner.CPython.Layouts;
using Shouldly;
using Xunit;

namespace LeakySpanner.Tests.CPython.Layouts;

public sealed class ReferenceCountTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(0xFFFF_FFFF, 1)]
    [InlineData(0x1_0000_0005, 1)]
    [InlineData(0x7FFF_FFFF, 0x7FFF_FFFF)]
    [InlineData(0x64_6165_7220, 0)]
    public void Immortal_objects_of_3_12_have_one_reference_and_larger_words_are_no_counts(ulong word, ulong count) =>
        Python312.Layout.ReferenceCount.Of(word).ShouldBe(count);

    [Theory]
    [InlineData(7, 7)]
    [InlineData(0xC000_0000, 1)]
    [InlineData(0x0005_0000_C000_0000, 1)]
    [InlineData(0x0000_0001_0000_0001, 0)]
    [InlineData(0x7f00_0000_0000_0010, 0)]
    public void From_3_14_on_flags_share_the_word_and_nothing_else_may(ulong word, ulong count) =>
        Python314.Layout.ReferenceCount.Of(word).ShouldBe(count);

    [Theory]
    [InlineData(0)]
    [InlineData(0xFFFF_FFFF)]
    [InlineData(0x64_6165_7220)]
    public void Before_3_12_the_word_is_the_count(ulong word) => Python311.Layout.ReferenceCount.Of(word).ShouldBe(word);
}
