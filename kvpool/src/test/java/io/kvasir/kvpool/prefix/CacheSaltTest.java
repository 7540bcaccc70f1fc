package io.kvasir.kvpool.prefix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class CacheSaltTest {

  @Test
  void equalNamesGiveEqualSalts() {
    assertThat(CacheSalt.of("acme", "x")).isEqualTo(CacheSalt.of("acme", new String("x")));
  }

  @Test
  void namesThatLookAlikeWhenJoinedGiveDifferentSalts() {
    List<CacheSalt> salts =
        List.of(
            CacheSalt.of("", ""),
            CacheSalt.of("abc", ""),
            CacheSalt.of("", "abc"),
            CacheSalt.of("ab", "c"),
            CacheSalt.of("a", "bc"),
            CacheSalt.of("abcd", ""),
            CacheSalt.of("abcd", "\0"),
            CacheSalt.of("abcd\0", ""),
            CacheSalt.of("\0", "\0\0"),
            CacheSalt.of("\0\0", "\0"),
            // A text that pretends to contain the length of the next one.
            CacheSalt.of("a\1b", ""),
            CacheSalt.of("a", "\1b"),
            CacheSalt.of("a", "b"),
            CacheSalt.of("b", "a"));
    assertThat(salts).doesNotHaveDuplicates();
  }

  @Test
  void unpairedSurrogatesStayDistinct() {
    assertThat(CacheSalt.of("\ud800", "")).isNotEqualTo(CacheSalt.of("\ud801", ""));
    assertThat(CacheSalt.of("\ud800", "")).isNotEqualTo(CacheSalt.of("?", ""));
  }

  @Test
  void theLossyDomainHasSaltsAndTagsOfItsOwn() {
    CacheSalt exact = CacheSalt.of(1, 2, "acme", "x", false);
    CacheSalt lossy = CacheSalt.of(1, 2, "acme", "x", true);
    HashChain chain = new HashChain(1);
    int[] tokens = {1, 2};
    chain.reset(exact);
    chain.extend(tokens, 2, 2);
    long hi = chain.hi(0);
    assertThat(SaltTag.lossy(chain.saltTag())).isFalse();
    chain.reset(lossy);
    chain.extend(tokens, 2, 2);
    assertThat(SaltTag.lossy(chain.saltTag())).isTrue();
    assertThat(chain.hi(0)).isNotEqualTo(hi);
    assertThat(List.of(exact.hi(), exact.lo()))
        .doesNotContainAnyElementsOf(List.of(lossy.hi(), lossy.lo()));
  }

  @Test
  void secretChangesTheSalt() {
    assertThat(
            List.of(
                CacheSalt.of("acme", ""),
                CacheSalt.of(1, 0, "acme", "", false),
                CacheSalt.of(0, 1, "acme", "", false)))
        .doesNotHaveDuplicates();
    assertThat(CacheSalt.of(0, 0, "acme", "", false)).isEqualTo(CacheSalt.of("acme", ""));
  }
}
