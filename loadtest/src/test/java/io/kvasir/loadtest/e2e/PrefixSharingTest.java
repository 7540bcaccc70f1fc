package io.kvasir.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.StopConditions;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Cached prefixes are reported, change no text, and stay within a tenant and a salt. */
class PrefixSharingTest {
  private static final String PREFIX =
      "It was the opinion of all the family that the young man who had come into the neighbourhood"
          + " in the spring was in want of a good wife, and that the house upon the hill had never"
          + " seen so many visitors as in the month of May. ";

  @Test
  void theSecondOfTwoRequestsReusesFullBlocks() throws IOException {
    try (Stack stack = Stack.embedded(Golden.bundled().model(), 256, 512)) {
      Generation alone = stack.generate(request("stranger", "", PREFIX + "His mother"));
      stack.generate(request("a", "", PREFIX + "The servants"));
      Generation second = stack.generate(request("a", "", PREFIX + "His mother"));

      int shared = sharedBlocks(stack, PREFIX + "The servants", PREFIX + "His mother");
      assertThat(shared).isGreaterThan(2);
      assertThat(second.finished().getUsage().getCachedTokens()).isEqualTo(shared * 16);
      assertThat(second.hits()).containsExactly(Map.entry("arena", shared * 16));
      assertThat(second.tokenIds()).isEqualTo(alone.tokenIds());
      assertThat(second.text()).isEqualTo(alone.text());
    }
  }

  @Test
  void neitherAnotherTenantNorAnotherSaltSeesIt() throws IOException {
    try (Stack stack = Stack.embedded(Golden.bundled().model(), 256, 512)) {
      stack.generate(request("a", "", PREFIX));
      Generation other = stack.generate(request("b", "", PREFIX));
      Generation salted = stack.generate(request("a", "pepper", PREFIX));
      Generation same = stack.generate(request("a", "", PREFIX));

      assertThat(other.finished().getUsage().getCachedTokens()).isZero();
      assertThat(salted.finished().getUsage().getCachedTokens()).isZero();
      assertThat(same.finished().getUsage().getCachedTokens()).isPositive();
      assertThat(other.tokenIds()).isEqualTo(same.tokenIds()).isEqualTo(salted.tokenIds());
    }
  }

  private static int sharedBlocks(Stack stack, String first, String second) {
    var a = stack.generate(request("counting", "1", first)).accepted().getPromptTokenIdsList();
    var b = stack.generate(request("counting", "2", second)).accepted().getPromptTokenIdsList();
    int same = 0;
    while (same < Math.min(a.size(), b.size()) - 1 && a.get(same).equals(b.get(same))) {
      same++;
    }
    return same / 16;
  }

  private static GenerateRequest request(String tenant, String salt, String text) {
    return GenerateRequest.newBuilder()
        .setTenantId(tenant)
        .setCacheSalt(salt)
        .setText(text)
        .setStop(StopConditions.newBuilder().setMaxTokens(24).setIgnoreEos(true))
        .build();
  }
}
