package io.kvasir.loadtest.sim.capacity;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvasir.loadtest.sim.report.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A capacity plan for a mix of SLO classes, for people and programs.
 *
 * @param memoryShare share of the memory that is used
 * @param reserveBytes kept free for activations
 * @param mixes one per device and size of request, at least one, all of the same classes
 */
public record MixReport(double memoryShare, long reserveBytes, List<MixCapacity> mixes)
    implements PlanReport {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Columns that say the device and the size of requests. */
  private static final int SIZE_COLUMNS = 3;

  private static final List<String> CLASS_HEADINGS = List.of("share", "TTFT target", "TBT target");

  private static final List<String> MIX_HEADINGS =
      List.of("batch", "TBT ms", "shared requests/s", "separate requests/s", "devices by class");

  private static final List<String> MIX_NOTES =
      List.of(
          "share: of all requests, by class; targets: ms",
          "shared: requests/s of the mix on a device where all classes are in one batch, which the"
              + " tightest TBT target bounds",
          "separate: requests/s of the mix per device, if each class has devices of its own, as"
              + " many as it needs",
          "shared and separate are 0 if one class cannot meet its targets");

  /** Keeps the mixes unmodifiable. */
  public MixReport {
    mixes = List.copyOf(mixes);
    if (mixes.isEmpty()) {
      throw new IllegalArgumentException("no mix");
    }
  }

  private List<SloClass> classes() {
    return mixes.getFirst().classes();
  }

  private List<Capacity> rows() {
    return mixes.stream().flatMap(mix -> mix.rows().stream()).toList();
  }

  private static List<String> notes() {
    return Stream.concat(CapacityReport.NOTES.stream(), MIX_NOTES.stream()).toList();
  }

  @Override
  public String text() {
    List<List<String>> rows = new ArrayList<>();
    for (MixCapacity mix : mixes) {
      for (int i = 0; i < mix.rows().size(); i++) {
        rows.add(
            inserted(CapacityReport.cells(mix.rows().get(i)), classCells(mix.classes().get(i))));
      }
    }
    StringBuilder out = new StringBuilder(rows().getFirst().model().name()).append('\n');
    out.append(TextTable.of(inserted(CapacityReport.HEADINGS, CLASS_HEADINGS), rows)).append('\n');
    List<String> headings = new ArrayList<>(CapacityReport.HEADINGS.subList(0, SIZE_COLUMNS));
    headings.addAll(MIX_HEADINGS);
    out.append(TextTable.of(headings, mixes.stream().map(MixReport::mixCells).toList()));
    notes().forEach(note -> out.append("- ").append(note).append('\n'));
    return out.append(CapacityReport.contextWarning(rows())).toString();
  }

  private static List<String> inserted(List<String> cells, List<String> more) {
    List<String> all = new ArrayList<>(cells);
    all.addAll(SIZE_COLUMNS, more);
    return all;
  }

  private static List<String> classCells(SloClass each) {
    return List.of(
        percent(each.share()),
        target(each.targets().ttftMillis()),
        target(each.targets().tbtMillis()));
  }

  private static List<String> mixCells(MixCapacity mix) {
    List<String> row = CapacityReport.cells(mix.shared());
    List<String> cells = new ArrayList<>(row.subList(0, SIZE_COLUMNS));
    int batch = CapacityReport.HEADINGS.indexOf("batch");
    cells.addAll(row.subList(batch, batch + 2));
    cells.add(String.format(Locale.ROOT, "%.2f", mix.sharedRequestsPerSecond()));
    cells.add(String.format(Locale.ROOT, "%.2f", mix.separateRequestsPerSecond()));
    String devices =
        String.join(
            ", ",
            IntStream.range(0, mix.rows().size())
                .mapToObj(i -> percent(mix.deviceShare(i)))
                .toList());
    cells.add(mix.meetsTargets() ? devices : "-");
    return cells;
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static String target(int millis) {
    return millis == 0 ? "none" : String.format(Locale.ROOT, "%,d", millis);
  }

  @Override
  public String json() {
    ObjectNode root = MAPPER.createObjectNode();
    ObjectNode assumptions = root.putObject("assumptions");
    ArrayNode classes = assumptions.putArray("slo_classes");
    classes().forEach(each -> put(classes.addObject(), each));
    CapacityReport.assume(assumptions, memoryShare, reserveBytes, rows(), notes());
    ArrayNode rows = root.putArray("rows");
    ArrayNode array = root.putArray("mixes");
    for (MixCapacity mix : mixes) {
      for (int i = 0; i < mix.rows().size(); i++) {
        rows.add(put(CapacityReport.row(mix.rows().get(i)), mix.classes().get(i)));
      }
      array.add(mix(mix));
    }
    return root.toPrettyString() + "\n";
  }

  private static ObjectNode put(ObjectNode node, SloClass each) {
    return node.put("slo_share", each.share())
        .put("ttft_target_ms", each.targets().ttftMillis())
        .put("tbt_target_ms", each.targets().tbtMillis());
  }

  private static ObjectNode mix(MixCapacity mix) {
    Capacity shared = mix.shared();
    ObjectNode node =
        MAPPER
            .createObjectNode()
            .put("device", shared.device().name())
            .put("input_tokens", shared.inputTokens())
            .put("output_tokens", shared.outputTokens())
            .put("meets_targets", mix.meetsTargets())
            .put("shared_batch_requests", shared.batch())
            .put("shared_tbt_ms", shared.tbtMillis())
            .put("shared_requests_per_s", mix.sharedRequestsPerSecond())
            .put("separate_requests_per_s", mix.separateRequestsPerSecond());
    ArrayNode shares = node.putArray("device_shares");
    IntStream.range(0, mix.rows().size()).forEach(i -> shares.add(mix.deviceShare(i)));
    return node;
  }
}
