package io.kvasir.loadtest.swapvolume;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Swap volumes for people and programs.
 *
 * @param shape of the conversations
 * @param tierBlocks of the tier
 * @param blockTokens tokens of a block
 * @param volumes by blocks of the device arena
 */
public record SwapVolumeReport(
    ConversationShape shape, int tierBlocks, int blockTokens, Map<Integer, SwapVolume> volumes) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final List<String> ASSUMPTIONS =
      List.of(
          "the scheduler's own core decides; the worker computes and copies nothing",
          "policy: priority, drawn anew for each turn; every victim is swapped, none is recomputed",
          "a copy takes one step, and none fails",
          "without reuse: the same swap-outs at the same moments, each writing all its request has",
          "demoted blocks are cached ones that are written before anybody needs their room");

  /**
   * Runs the study.
   *
   * @param blocks sizes of the device arena
   */
  public static SwapVolumeReport of(
      ConversationShape shape, List<Integer> blocks, int tierBlocks, int blockTokens) {
    Map<Integer, SwapVolume> volumes = new TreeMap<>();
    for (int size : blocks) {
      volumes.put(size, SwapVolumeStudy.run(shape, size, tierBlocks, blockTokens));
    }
    return new SwapVolumeReport(shape, tierBlocks, blockTokens, volumes);
  }

  /** A Markdown table, and what it assumes. */
  public String text() {
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "%,d conversations of %d turns (1 to %d tokens asked, 1 to %d answered), seed %d;"
                + " blocks of %d tokens, %,d in the tier.%n%n",
            shape.conversations(),
            shape.turns(),
            shape.userTokensMax(),
            shape.answerTokensMax(),
            shape.seed(),
            blockTokens,
            tierBlocks));
    out.append(
        "| blocks | swaps | written without reuse | with reuse | saved | demoted | saved, those"
            + " counted |\n|");
    out.append(" ---: |".repeat(7)).append('\n');
    volumes.forEach((blocks, volume) ->
        out.append(
            String.format(
                Locale.ROOT,
                "| %,d | %,d | %,d | %,d | %.0f %% | %,d | %.0f %% |%n",
                blocks,
                volume.swaps(),
                volume.swapOutWithoutReuse(),
                volume.swapOutWithReuse(),
                100 * volume.savedShare(),
                volume.demoted(),
                100 * volume.savedShareWithDemotion())));
    out.append('\n');
    ASSUMPTIONS.forEach(assumption -> out.append("- ").append(assumption).append('\n'));
    return out.toString();
  }

  /** The report as one JSON object; every name says its unit. */
  public String json() {
    ObjectNode root = MAPPER.createObjectNode();
    ObjectNode assumptions = root.putObject("assumptions");
    assumptions.set("conversations", MAPPER.valueToTree(shape));
    assumptions.put("tier_blocks", tierBlocks);
    assumptions.put("block_tokens", blockTokens);
    assumptions.set("notes", MAPPER.valueToTree(ASSUMPTIONS));
    ArrayNode sizes = root.putArray("sizes");
    volumes.forEach((blocks, volume) ->
        sizes
            .addObject()
            .put("blocks", blocks)
            .put("requests", volume.requests())
            .put("steps", volume.steps())
            .put("preemptions", volume.preemptions())
            .put("swaps", volume.swaps())
            .put("swap_out_blocks_without_reuse", volume.swapOutWithoutReuse())
            .put("swap_out_blocks_with_reuse", volume.swapOutWithReuse())
            .put("demoted_blocks", volume.demoted())
            .put("loaded_blocks", volume.loaded())
            .put("saved_share", volume.savedShare())
            .put("saved_share_with_demotion", volume.savedShareWithDemotion()));
    return root.toPrettyString();
  }
}
