package io.kvasir.kvpool;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.kvpool.Allocation.Granted;
import io.kvasir.kvpool.Allocation.Insufficient;
import io.kvasir.kvpool.block.BlockTable;
import io.kvasir.kvpool.prefix.HashChain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Walks the steps of docs/walkthrough-block.md and asserts the very lines printed there. */
final class WalkthroughBlockTest {
  private static final int BLOCK_TOKENS = 4;
  private static final String FIRST_PROMPT = "the raven flew";
  private static final String SECOND_PROMPT = "the raven sat on";
  private static final String THIRD_PROMPT = "mimir?";

  private final KvPool pool = new KvPool(new KvPoolConfig(10, BLOCK_TOKENS, 8, true));
  private final List<String> transcript = new ArrayList<>();

  private final BlockTable a = pool.newTable();
  private final BlockTable b = pool.newTable();
  private final BlockTable c = pool.newTable();
  private final BlockTable d = pool.newTable();
  private final BlockTable e = pool.newTable();

  @Test
  void pageShowsWhatThePoolDoes() throws IOException {
    HashChain ravenFlew = Prompt.chain("odin", FIRST_PROMPT + " on", BLOCK_TOKENS);
    HashChain ravenSat = Prompt.chain("odin", SECOND_PROMPT, BLOCK_TOKENS);
    HashChain foreign = Prompt.chain("loki", FIRST_PROMPT, BLOCK_TOKENS);
    HashChain mimir = Prompt.chain("odin", THIRD_PROMPT, BLOCK_TOKENS);

    assertThat(pool.admit(a, ravenFlew, 3, 14, 0)).isEqualTo(new Granted(4, 0));
    note(1, "A", a);
    pool.commit(a, ravenFlew, 14);
    note(2, "A", a);
    assertThat(pool.grow(a, 17, 0)).isEqualTo(new Granted(1, 0));
    pool.commit(a, ravenFlew, 17);
    note(3, "A", a);
    assertThat(pool.matchPrefix(ravenSat, 3)).isEqualTo(2);
    assertThat(pool.admit(b, ravenSat, 3, 16, 0)).isEqualTo(new Granted(2, 2));
    note(4, "B", b);
    pool.release(a);
    note(5, "A", a);
    pool.commit(b, ravenSat, 16);
    pool.release(b);
    note(6, "B", b);
    assertThat(pool.matchPrefix(foreign, 3)).isZero();
    assertThat(pool.admit(c, foreign, 3, 14, 0)).isEqualTo(new Granted(4, 0));
    pool.commit(c, foreign, 14);
    note(7, "C", c);
    assertThat(pool.admit(d, ravenFlew, 3, 14, 0)).isEqualTo(new Granted(1, 3));
    note(8, "D", d);
    assertThat(pool.admit(e, mimir, 1, 6, 0)).isEqualTo(new Granted(2, 0));
    pool.commit(e, mimir, 6);
    note(9, "E", e);
    pool.commit(d, ravenFlew, 16);
    assertThat(pool.grow(d, 17, 0)).isEqualTo(new Insufficient(1));
    note(10, "D", d);
    pool.release(e);
    note(11, "E", e);
    assertThat(pool.grow(d, 17, 0)).isEqualTo(new Granted(1, 0));
    assertThat(pool.admit(e, mimir, 1, 6, 0)).isEqualTo(new Insufficient(1));
    note(12, "D", d);
    pool.release(d);
    note(13, "D", d);
    assertThat(pool.admit(e, mimir, 1, 6, 0)).isEqualTo(new Granted(1, 1));
    note(14, "E", e);

    assertThat(printedLines()).isEqualTo(transcript);
  }

  private void note(int step, String request, BlockTable table) {
    pool.checkIntegrity();
    StringBuilder states = new StringBuilder();
    for (int block = 0; block < pool.totalBlocks(); block++) {
      states.append(
          switch (pool.blockState(block)) {
            case FREE -> " .";
            case OWNED -> " O";
            case REGISTERED -> " R";
            case CACHED -> " C";
          });
    }
    transcript.add(
        "%2d  %s %-18s |%s | free %d + owned %d + cached %d = %d"
            .formatted(
                step,
                request,
                table,
                states,
                pool.freeBlocks(),
                pool.ownedBlocks(),
                pool.cachedBlocks(),
                pool.totalBlocks()));
  }

  private static List<String> printedLines() throws IOException {
    Path home = Path.of(Objects.requireNonNull(System.getProperty("kvasir.home"), "kvasir.home"));
    try (var lines = Files.lines(home.resolve("docs/walkthrough-block.md"))) {
      return lines
          .filter(line -> line.matches("    [ 1][0-9]  [A-E] .*"))
          .map(line -> line.substring(4))
          .toList();
    }
  }
}
